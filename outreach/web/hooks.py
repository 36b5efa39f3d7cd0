"""The gateway's hooks: signed or refused; unknown, late, double and malformed ones stay calm.

A text or a report is durable before its hook is answered; many that come together share a commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

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
from outreach.hotline.catching_up import note_unlisted
from outreach.hotline.lane import NAME as ANSWERS
from outreach.kernel.batch import Batcher
from outreach.kernel.flow import Flow, Hangup, Reject
from outreach.web.signed import Form, Handler

log = structlog.get_logger(__name__)

# A plea that comes while these are written waits for no more of them.
_TEXTS_AT_ONCE = 200
# PostgreSQL works at one batch of them while another one's texts are read and understood.
_BATCHES_AT_ONCE = 2
# A transaction costs as much for one text as for ten. Who writes alone waits for none.
_TEXTS_GATHER_SECONDS = 0.015
_SILENCE = Response(
    b'<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="application/xml"
)
_NOTED = Response(status_code=204)


class Hooks:
    """What answers under /hooks/twilio. `wake` is told the lane in which an answer waits."""

    def __init__(self, runtime: Runtime, wake: Callable[[str], None]) -> None:
        self._runtime, self._wake = runtime, wake
        # Numbers of ours that somebody reached and that were looked at, or need not be.
        self._reached = {"", *runtime.settings.own_numbers}
        at_once = 1 if runtime.alone else _BATCHES_AT_ONCE
        self._texts: Batcher[Inbound, inbound.Heard] = Batcher(
            partial(inbound.receive, runtime.desk),
            runtime.executor.urgent,
            limit=_TEXTS_AT_ONCE // at_once,
            gap=_TEXTS_GATHER_SECONDS,
            of=lambda text: text.sender_number,
            at_once=at_once,
        )
        self._reports: Batcher[Report, bool] = Batcher(
            partial(receipts.record, runtime.engine, runtime.clock, runtime.lanes),
            runtime.executor,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """What answers the gateway's posts, by path; each only sees what is signed."""
        return {
            "/hooks/twilio/message": self.message,
            "/hooks/twilio/status": self.status,
            "/hooks/twilio/call-status": self.status,
            "/hooks/twilio/voice": self.voice,
        }

    def routes(self) -> list[Route]:
        """The recordings that the gateway fetches."""
        return [Route("/recordings/{name}.wav", self.recording, methods=["GET"])]

    async def message(self, _query: Form, form: Form) -> Response:
        """A text that somebody sent us."""
        text = self._runtime.gateway.parse_inbound(form)
        if text is None:
            log.info("a message hook without a sender or id was passed over")
        else:
            heard = await self._texts.put(text)
            if heard.answered:
                self._wake(ANSWERS)
            if text.to not in self._reached:
                await asyncio.get_running_loop().run_in_executor(
                    self._runtime.executor, self._note, text.to
                )
        return _SILENCE

    async def status(self, query: Form, form: Form) -> Response:
        """A report about an SMS or a call of ours."""
        report = self._runtime.gateway.parse_receipt(query, form)
        if report is None:
            log.info("a status hook that says nothing usable was passed over")
        else:
            await self._reports.put(report)
        return _NOTED

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
            if call.to not in self._reached:
                self._note(call.to)
            return (Reject(),)
        if call.attempt is None:
            return (Hangup(),)
        if step == "key":
            return voice.key_step(desk, call.attempt, call.digits)
        return voice.first_step(desk, call.attempt, base_url)

    def _note(self, to: str) -> None:
        """Looks at a number of ours that somebody reached, the first time."""
        self._reached.add(to)
        note_unlisted(self._runtime.desk, self._runtime.settings.own_numbers, to)

    def _say(self, flow: Flow) -> Response:
        return Response(self._runtime.gateway.render_call(flow), media_type="application/xml")
