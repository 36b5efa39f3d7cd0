"""The life of a call: queued, ringing, and busy, unanswered, failed, or a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta

import structlog

from outreach.kernel.clock import Clock
from outreach.simulator import forms
from outreach.simulator.book import IN, Call
from outreach.simulator.caller import Caller
from outreach.simulator.chance import Chance
from outreach.simulator.config import NetworkConfig
from outreach.simulator.conversation import Conversation, first_verbs
from outreach.simulator.fate import call_fate
from outreach.simulator.reporting import Reporter
from outreach.simulator.schedule import Schedule
from outreach.simulator.trouble import Troubles
from outreach.simulator.twiml import BadDocument, Reject

log = structlog.get_logger(__name__)

_DIALLING = timedelta(seconds=1)
_EVENT_OF = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}


class VoiceLine:
    """Carries calls both ways; each lives in a task of its own."""

    def __init__(
        self,
        config: NetworkConfig,
        troubles: Troubles,
        clock: Clock,
        schedule: Schedule,
        caller: Caller,
        reporter: Reporter,
    ) -> None:
        self._config, self._troubles, self._clock = config, troubles, clock
        self._schedule, self._caller, self._reporter = schedule, caller, reporter
        self._chance = Chance(config.seed)
        self._tasks: set[asyncio.Task[None]] = set()

    def place(self, call: Call) -> None:
        """Sets out to ring the handset."""
        self._begin(call, self._outbound(call))

    def ring_us(self, call: Call) -> None:
        """Lets a handset ring the account once."""
        luck = self._chance.draw("missed", call.handset.number, len(call.handset.calls))
        if luck < self._troubles.now.inbound_lost:
            self._end(call, "no-answer", self._clock.now())
        else:
            self._begin(call, self._missed(call))

    @property
    def under_way(self) -> int:
        """How many calls have not ended."""
        return len(self._tasks)

    async def close(self) -> None:
        """Cuts every line."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, call: Call, life: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._whole(call, life))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _whole(self, call: Call, life: Coroutine[None, None, None]) -> None:
        try:
            await life
        except BadDocument as problem:
            call.problems.append(problem.code)
            log.warning("a call ended on a bad document", code=problem.code, why=problem.why)
            self._end(call, "completed", self._clock.now())
        except Exception as error:
            log.error("a call of the network broke", error=type(error).__name__)
            self._end(call, "failed", self._clock.now())

    async def _outbound(self, call: Call) -> None:
        number = call.handset.number
        fate = call_fate(self._chance, call.handset.operator, number, call.nth)
        self._report(call, "initiated", call.created)
        ringing = call.created + _DIALLING
        await self._schedule.until(ringing)
        self._move(call, "ringing", ringing)
        end = fate.end if fate.end != "answered" or fate.rings <= call.timeout else "no-answer"
        rings = call.timeout if end == "no-answer" else fate.rings
        picked_up = ringing + timedelta(seconds=rings)
        await self._schedule.until(picked_up)
        if end != "answered":
            self._end(call, end, picked_up)
            return
        # From here on people and servers take turns, so time is what the clock shows.
        call.answered_at = self._clock.now()
        self._move(call, "in-progress", call.answered_at)
        conversation = Conversation(
            self._config, call, self._clock, self._schedule, self._caller, self._chance
        )
        await conversation.hold(fate.stays)
        self._end(call, "completed", self._clock.now())

    async def _missed(self, call: Call) -> None:
        verbs = await first_verbs(self._caller, self._config, call)
        now = self._clock.now()
        match verbs[:1]:
            case (Reject("busy"),):
                self._end(call, "busy", now)
            case (Reject(),):
                self._end(call, "no-answer", now)
            case _:
                # It was answered, and costs the person: they hang up at once.
                call.answered_at = now
                self._end(call, "completed", now + timedelta(seconds=1))

    def _move(self, call: Call, status: str, at: datetime) -> None:
        call.status, call.updated = status, at
        self._report(call, status, at)

    def _end(self, call: Call, status: str, at: datetime) -> None:
        call.ended_at = at
        self._move(call, status, at)

    def _report(self, call: Call, status: str, at: datetime) -> None:
        if call.direction == IN or not call.callback:
            return
        if _EVENT_OF.get(status, "completed") not in call.events:
            return
        form = forms.call_status(self._config, call, status, at)
        call.sequence += 1
        self._reporter.post(call, form)
