"""The network put together: what the account, the people and the pages can do with it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput
from outreach.simulator.book import OUT, Book, Call, Message
from outreach.simulator.caller import Caller
from outreach.simulator.chance import Chance
from outreach.simulator.config import NetworkConfig
from outreach.simulator.reporting import Reporter
from outreach.simulator.schedule import Schedule
from outreach.simulator.sms import SmsLine
from outreach.simulator.trouble import Troubles
from outreach.simulator.voice import VoiceLine

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_LONGEST_TEXT = 1600


def is_number(text: str) -> bool:
    """Whether `text` is a number in E.164."""
    return _E164.fullmatch(text) is not None


class Network:
    """One account's network. Everything lies in memory and ends with the process."""

    def __init__(self, config: NetworkConfig, clock: Clock) -> None:
        self.config, self.clock = config, clock
        self.book = Book()
        self.schedule = Schedule(clock)
        self.caller = Caller(config)
        chance = Chance(config.seed)
        self.troubles = Troubles(config.trouble, chance)
        reporter = Reporter(self.troubles, chance, clock, self.schedule, self.caller)
        self._sms = SmsLine(config, self.troubles, self.schedule, self.caller, reporter)
        self._voice = VoiceLine(config, self.troubles, clock, self.schedule, self.caller, reporter)

    @property
    def pending(self) -> int:
        """How much is still to happen: 0 when the network has come to rest."""
        return len(self.schedule) + self.caller.waiting + self._voice.under_way

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Time passes while this is open."""
        timekeeper = asyncio.create_task(self.schedule.run())
        try:
            yield
        finally:
            timekeeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await timekeeper
            await self._voice.close()
            await self.caller.close()

    def send(
        self, to: str, sender: str, body: str, callback: str, validity: float | None
    ) -> Message:
        """Accepts an SMS from the account."""
        now = self.clock.now()
        message = self.book.message_out(to, sender, body, now, callback, validity)
        self._sms.carry(message)
        return message

    def dial(
        self,
        to: str,
        sender: str,
        url: str,
        method: str,
        callback: str,
        events: tuple[str, ...],
        timeout: float,
    ) -> Call:
        """Accepts a call from the account."""
        now, handset = self.clock.now(), self.book.handset(to)
        call = self.book.call_out(
            Call(
                f"CA{secrets.token_hex(16)}",
                handset,
                to,
                sender,
                OUT,
                now,
                now,
                nth=handset.calls_seen,
                url=url,
                method=method,
                callback=callback,
                events=events,
                timeout=timeout,
            )
        )
        self._voice.place(call)
        return call

    def text(self, number: str, body: str, to: str = "") -> Message:
        """The handset of `number` sends a text. Raises BadInput for what no phone can send."""
        if not body.strip() or len(body) > _LONGEST_TEXT:
            raise BadInput("A text has 1 to 1,600 characters.", where="Body")
        receiver = self._receiver(number, to)
        message = self.book.message_in(number, receiver, body, self.clock.now())
        self._sms.bring(message)
        return message

    def missed_call(self, number: str, to: str = "") -> Call:
        """The handset of `number` rings the account once. Raises BadInput for an odd number."""
        receiver = self._receiver(number, to)
        call = self.book.call_in(number, receiver, self.config.voice_hook, self.clock.now())
        self._voice.ring_us(call)
        return call

    def _receiver(self, number: str, to: str) -> str:
        """Who a handset writes to when it says nothing: whoever last wrote to it."""
        if not is_number(number):
            raise BadInput(
                "That is no phone number.", where="From", remedy="Write it with + and the country."
            )
        last = self.book.handset(number).last_sender
        # Nobody can answer a name.
        return to or (last if last.lstrip("+").isdigit() else self.config.sender)
