"""Brings status reports to the account's callback address, as far as the trouble lets them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from outreach.kernel.clock import Clock
from outreach.simulator.book import Call, Message
from outreach.simulator.caller import Caller
from outreach.simulator.chance import Chance
from outreach.simulator.forms import Form
from outreach.simulator.schedule import Schedule
from outreach.simulator.trouble import Troubles

_SHUFFLED_BY = 120.0
_NOBODY = "SM" + "0" * 32


class Reporter:
    """Posts reports in order, unless they are to be lost, doubled, shuffled or late."""

    def __init__(
        self, troubles: Troubles, chance: Chance, clock: Clock, schedule: Schedule, caller: Caller
    ) -> None:
        self._troubles, self._chance = troubles, chance
        self._clock, self._schedule, self._caller = clock, schedule, caller

    def post(self, record: Message | Call, form: Form) -> None:
        """Posts a report of `record` to its callback address."""
        trouble = self._troubles.now.reports
        status = form.get("MessageStatus") or form["CallStatus"]
        me = ("report", record.handset.number, record.nth, status)
        if self._chance.draw(*me, "lost") < trouble.lost:
            return
        delay = trouble.late
        if self._chance.draw(*me, "shuffled") < trouble.shuffled:
            delay += self._chance.between(0, _SHUFFLED_BY, *me, "delay")
        self._bring(record, form, delay)
        if self._chance.draw(*me, "twice") < trouble.twice:
            self._bring(record, form, delay)
        if self._chance.draw(*me, "strange") < trouble.strange:
            strange = {name: _NOBODY if name.endswith("Sid") else form[name] for name in form}
            address = urlsplit(record.callback)._replace(query="attempt=nobody").geturl()
            self._caller.post(f"{record.sid}/strange", address, strange)

    def _bring(self, record: Message | Call, form: Form, delay: float) -> None:
        if delay <= 0:
            self._caller.post(record.sid, record.callback, form)
            return
        # A chain of its own: what waits in one chain keeps its order.
        chain = f"{record.sid}/{record.status}"
        self._schedule.at(
            self._clock.now() + timedelta(seconds=delay),
            lambda _at: self._caller.post(chain, record.callback, form),
        )
