"""A gateway that takes messages and says so after a while: as little HTTP as a client needs.

It runs in a process of its own and leaves as much of the machine to the sender, which is what is
measured, as it can: what a form says is read when somebody asks for it. It keeps when each message
came, and for whom; `GET /log` tells, once. After `POST /report` with the account's token it reports
*sent* and *delivered* of each, signed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import time
from typing import Any
from urllib.parse import unquote, unquote_plus, urlencode

import httptools
import uvloop

from outreach.gateways.twilio.signature import HEADER, sign
from outreach.kernel import interpreter
from scripts.benchmarks.posting import Poster

_HEAD = "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_ACCEPTED = (
    '{"account_sid":null,"api_version":"2010-04-01","body":"","date_created":null,'
    '"date_sent":null,"date_updated":null,"direction":"outbound-api","error_code":null,'
    '"error_message":null,"from":"","messaging_service_sid":null,"num_media":"0",'
    '"num_segments":"3","price":null,"price_unit":"USD","sid":"%s","status":"queued",'
    '"subresource_uris":{},"to":"","uri":""}'
)
_NOTHING_LISTED = '{"messages":[],"calls":[],"next_page_uri":null}'
_REPORTS_AT_ONCE = 100


class Desk:
    """What came: the moment (CLOCK_MONOTONIC, the same in every process), number and attempt."""

    def __init__(self) -> None:
        self._came: list[tuple[float, bytes, bytes]] = []
        self.token = ""
        self._poster: Poster | None = None

    def told(self) -> list[tuple[float, str, str]]:
        """What came since the last time."""
        came, self._came = self._came, []
        return [
            (moment, unquote(to.decode()), unquote_plus(url.decode()).rpartition("=")[2])
            for moment, to, url in came
        ]

    def took(self, to: bytes, callback: bytes, sid: str) -> None:
        """A message was taken; number and address are as the form spells them."""
        self._came.append((time.monotonic(), to, callback))
        if self.token:
            number, url = unquote(to.decode()), unquote_plus(callback.decode())
            if self._poster is None:
                self._poster = Poster(url, _REPORTS_AT_ONCE)
            for status in ("sent", "delivered"):
                form = {"MessageSid": sid, "MessageStatus": status, "To": number}
                headers = {HEADER: sign(self.token, url, form)}
                self._poster.post(url, urlencode(form).encode(), headers)


class Answerer(asyncio.Protocol):
    """One connection."""

    def __init__(self, desk: Desk, latency: float) -> None:
        self._desk, self._latency = desk, latency
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._body = b"", b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._url.endswith(b"/Messages.json"):
            self._loop.call_later(self._latency, self._take, self._body)
        elif self._url == b"/log":
            self._answer("200 OK", json.dumps(self._desk.told()))
        elif self._url == b"/report":
            self._desk.token = self._body.decode()
            self._answer("200 OK", "{}")
        elif b".json?" in self._url:
            self._answer("200 OK", _NOTHING_LISTED)
        else:
            self._answer("404 Not Found", "{}")

    def _take(self, body: bytes) -> None:
        form = {name: value for name, _, value in (f.partition(b"=") for f in body.split(b"&"))}
        to, callback = form.get(b"To"), form.get(b"StatusCallback")
        if not to or not callback or not form.get(b"Body"):
            self._answer("400 Bad Request", '{"code":21604}')
            return
        sid = f"SM{secrets.token_hex(16)}"
        self._answer("201 Created", _ACCEPTED % sid)
        self._desk.took(to, callback, sid)

    def _answer(self, status: str, content: str) -> None:
        if not self._transport.is_closing():
            body = content.encode()
            self._transport.write((_HEAD % (status, len(body))).encode() + body)


async def serve(port: int, latency: float) -> None:
    """Serves on 127.0.0.1 until it is told to stop."""
    desk, loop = Desk(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answerer(desk, latency), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    options = parser.parse_args()
    interpreter.settle()
    uvloop.run(serve(options.port, options.latency))
