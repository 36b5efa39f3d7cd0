"""The gateway's hooks: signed or refused; unknown, late, double and malformed ones stay calm.

A text or a report is durable before its hook is answered; many that come together share a commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.bootstrap import Runtime
from outreach.content import recordings
from outreach.delivery import receipts
from outreach.gateways.ports import Inbound, InboundCall, Report
from outreach.hotline import inbound, voice
from outreach.hotline.callback import missed_call
from outreach.hotline.lane import NAME as ANSWERS
from outreach.kernel.batch import Batcher
from outreach.kernel.flow import Flow, Hangup, Reject

log = structlog.get_logger(__name__)

Form = dict[str, str]
_LARGEST_BODY = 64 * 1024
# A plea that comes while these are written waits for no more of them.
_TEXTS_AT_ONCE = 200
# A transaction costs as much for one text as for ten. Who writes alone waits for none.
_TEXTS_GATHER_SECONDS = 0.02
_SILENCE = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Hooks:
    """The routes under /hooks/twilio. `wake` is told the lane in which an answer waits."""

    def __init__(self, runtime: Runtime, wake: Callable[[str], None]) -> None:
        self._runtime, self._wake = runtime, wake
        self._texts: Batcher[Inbound, inbound.Heard] = Batcher(
            partial(inbound.receive, runtime.desk),
            runtime.executor.urgent,
            limit=_TEXTS_AT_ONCE,
            gap=_TEXTS_GATHER_SECONDS,
            of=lambda text: text.sender_number,
        )
        self._reports: Batcher[Report, bool] = Batcher(
            partial(receipts.record, runtime.engine, runtime.clock, runtime.lanes),
            runtime.executor,
        )

    def routes(self) -> list[Route]:
        """The routes, all POST, and the recordings that the gateway fetches."""
        handlers: dict[str, Callable[[Form, Form], Awaitable[Response]]] = {
            "message": self.message,
            "status": self.status,
            "call-status": self.status,
            "voice": self.voice,
        }
        return [
            Route(f"/hooks/twilio/{name}", self._signed(handler), methods=["POST"])
            for name, handler in handlers.items()
        ] + [Route("/recordings/{name}.wav", self.recording, methods=["GET"])]

    async def message(self, _query: Form, form: Form) -> Response:
        """A text that somebody sent us."""
        text = self._runtime.gateway.parse_inbound(form)
        if text is None:
            log.info("a message hook without a sender or id was passed over")
        else:
            heard = await self._texts.put(text)
            if heard.answered:
                self._wake(ANSWERS)
        return _xml(_SILENCE)

    async def status(self, query: Form, form: Form) -> Response:
        """A report about an SMS or a call of ours."""
        report = self._runtime.gateway.parse_receipt(query, form)
        if report is None:
            log.info("a status hook that says nothing usable was passed over")
        else:
            await self._reports.put(report)
        return Response(status_code=204)

    async def voice(self, query: Form, form: Form) -> Response:
        """A call asks for its next step."""
        call = self._runtime.gateway.parse_call(form, query)
        if call is None:
            return self._say((Hangup(),))
        flow = await asyncio.get_running_loop().run_in_executor(
            self._runtime.executor.urgent, self._next_step, call, query.get("step", "")
        )
        return self._say(flow)

    async def recording(self, request: Request) -> Response:
        """A recording, by its unguessable id."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._runtime.executor.urgent,
            recordings.find,
            self._runtime.engine,
            request.path_params["name"],
        )
        if found is None:
            return Response(status_code=404)
        return Response(found, media_type="audio/wav")

    def _next_step(self, call: InboundCall, step: str) -> Flow:
        desk, base_url = self._runtime.desk, self._runtime.settings.public_url
        if call.inbound:
            missed_call(desk, call.number, call.sid, call.to)
            return (Reject(),)
        if call.attempt is None:
            return (Hangup(),)
        if step == "key":
            return voice.key_step(desk, call.attempt, call.digits)
        return voice.first_step(desk, call.attempt, base_url)

    def _say(self, flow: Flow) -> Response:
        return _xml(self._runtime.gateway.render_call(flow))

    def _signed(
        self, handler: Callable[[Form, Form], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            if body is None:
                return Response(status_code=413)
            url = request.url.path
            if request.url.query:
                url = f"{url}?{request.url.query}"
            if not self._runtime.gateway.verify(url, request.headers, body):
                log.warning("a hook without a valid signature was refused", path=request.url.path)
                return Response(status_code=403)
            return await handler(dict(request.query_params), _form(body))

        return endpoint


async def _body(request: Request) -> bytes | None:
    """The request's body, or None if it is larger than any hook's."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _LARGEST_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _form(body: bytes) -> Form:
    pairs: list[tuple[Any, Any]] = parse_qsl(
        body.decode("utf-8", errors="replace"), keep_blank_values=True
    )
    return dict(pairs)


def _xml(content: bytes) -> Response:
    return Response(content, media_type="application/xml")
