"""The account's REST API: create, fetch and list messages and calls, as Twilio answers them."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.kernel.loopback import is_loopback
from outreach.simulator import resources
from outreach.simulator.config import NetworkConfig
from outreach.simulator.errors import ApiError
from outreach.simulator.mishandle import mishandle
from outreach.simulator.network import Network, is_number

Fields = dict[str, list[str]]
_LONGEST_TEXT = 1600
_LARGEST_BODY = 64 * 1024
_MAX_FIELDS = 100
_PAGE_SIZE, _LARGEST_PAGE = 50, 1000
# A number, a short code, or a name of up to eleven characters with a letter among them.
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


class Rest:
    """The routes under /2010-04-01."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._account = network.config.account_sid

    def routes(self) -> list[Route]:
        """Each resource with and without `.json`; both answer JSON."""
        root = resources.account_uri("{account}")
        table: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("POST", "/Messages", self.create_message),
            ("GET", "/Messages", self.list_messages),
            ("GET", "/Messages/{sid}", self.fetch_message),
            ("POST", "/Calls", self.create_call),
            ("GET", "/Calls", self.list_calls),
            ("GET", "/Calls/{sid}", self.fetch_call),
        )
        return [
            Route(root + path + ending, self._for_the_account(handler), methods=[method])
            for method, path, handler in table
            for ending in (".json", "")
        ]

    async def create_message(self, request: Request) -> Response:
        """POST Messages."""
        form = request.state.form
        to, sender, body = _one(form, "To"), _one(form, "From"), _one(form, "Body")
        _require((to, 21604), (sender, 21603), (body, 21602))
        if not is_number(to):
            raise ApiError(21211)
        if not _SENDER.fullmatch(sender):
            raise ApiError(21212)
        if len(body) > _LONGEST_TEXT:
            raise ApiError(21617)
        validity = _number(form, "ValidityPeriod", 1, 36_000)
        message = self._network.send(to, sender, body, _callback(form), validity)
        return reply(resources.message(self._account, message), 201)

    async def create_call(self, request: Request) -> Response:
        """POST Calls."""
        form = request.state.form
        to, sender, url = _one(form, "To"), _one(form, "From"), _one(form, "Url")
        _require((to, 21201), (sender, 21213), (url, 21205))
        if not is_number(to):
            raise ApiError(21211)
        if not _SENDER.fullmatch(sender):
            raise ApiError(21212)
        if not is_loopback(url):
            raise ApiError(21609)
        timeout = _number(form, "Timeout", 1, 600)
        method = "GET" if _one(form, "Method").upper() == "GET" else "POST"
        call = self._network.dial(
            to, sender, url, method, _callback(form), _events(form), timeout or 60.0
        )
        return reply(resources.call(self._account, call), 201)

    async def fetch_message(self, request: Request) -> Response:
        """GET Messages/{sid}."""
        message = self._network.book.messages.get(request.path_params["sid"])
        if message is None:
            raise ApiError(20404)
        return reply(resources.message(self._account, message))

    async def fetch_call(self, request: Request) -> Response:
        """GET Calls/{sid}."""
        call = self._network.book.calls.get(request.path_params["sid"])
        if call is None:
            raise ApiError(20404)
        return reply(resources.call(self._account, call))

    async def list_messages(self, request: Request) -> Response:
        """GET Messages, newest first, perhaps of one To."""
        query, number, size = _asked(request)
        found = self._network.book.messages_newest_first(query.get("To"))
        shown = resources.page(
            self._account, "Messages", found, resources.message, query, number, size
        )
        return reply(shown)

    async def list_calls(self, request: Request) -> Response:
        """GET Calls, newest first, perhaps to one To."""
        query, number, size = _asked(request)
        found = self._network.book.calls_newest_first(query.get("To"))
        shown = resources.page(self._account, "Calls", found, resources.call, query, number, size)
        return reply(shown)

    def _for_the_account(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                require_account(self._network.config, request)
                if request.path_params["account"] != self._account:
                    raise ApiError(20003)
                return await self._troubled(handler, request)
            except ApiError as error:
                return refuse(error)

        return endpoint

    async def _troubled(
        self, handler: Callable[[Request], Awaitable[Response]], request: Request
    ) -> Response:
        """What `handler` answers, unless something goes wrong."""
        troubles = self._network.troubles
        creates = request.method == "POST"
        if creates:
            request.state.form = await read_form(request)
        name = _one(request.state.form, "To") if creates else request.url.path
        fault = troubles.strike("create" if creates else "read", name)
        if troubles.now.latency:
            await asyncio.sleep(troubles.now.latency)
        return await mishandle(fault, request, handler) if fault else await handler(request)


def require_account(config: NetworkConfig, request: Request) -> None:
    """Raises ApiError unless the request carries the account's id and token (Basic)."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        credentials = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        credentials = b""
    known = f"{config.account_sid}:{config.auth_token}".encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(credentials, known):
        raise ApiError(20003)


async def read_form(request: Request) -> Fields:
    """The form of a request, all values of each field; too large a one is refused as empty."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise ApiError(20001)
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise ApiError(20001) from None


def reply(content: Any, status: int = 200) -> Response:
    """A JSON answer."""
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


def refuse(error: ApiError) -> Response:
    """The answer to a request that is refused."""
    answer = reply(error.resource(), error.status)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer


def _one(form: Fields, name: str) -> str:
    return form.get(name, [""])[0]


def _require(*fields: tuple[str, int]) -> None:
    for value, code in fields:
        if not value.strip():
            raise ApiError(code)


def _number(form: Fields, name: str, low: int, high: int) -> float | None:
    text = _one(form, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
        raise ApiError(21627)
    return float(text)


def _callback(form: Fields) -> str:
    url = _one(form, "StatusCallback")
    if url and not is_loopback(url):
        raise ApiError(21609)
    return url


def _events(form: Fields) -> tuple[str, ...]:
    """The events asked for, as repeated fields or in one; by default the end only."""
    asked = " ".join(form.get("StatusCallbackEvent", [])).split()
    return tuple(event for event in asked if event in _EVENTS) or ("completed",)


def _asked(request: Request) -> tuple[dict[str, str], int, int]:
    """What a list is asked for: its filters, the page and its size."""
    numbers = []
    for name, default in (("Page", 0), ("PageSize", _PAGE_SIZE)):
        text = request.query_params.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise ApiError(20001)
        numbers.append(int(text))
    to = request.query_params.get("To")
    return {"To": to} if to else {}, numbers[0], max(1, min(numbers[1], _LARGEST_PAGE))
