"""The life of an SMS: queued, sent, and how its fate lets it end, each step reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.kernel.clock import Clock
from outreach.simulator import forms
from outreach.simulator.book import Message
from outreach.simulator.caller import Caller
from outreach.simulator.chance import Chance
from outreach.simulator.config import NetworkConfig
from outreach.simulator.fate import SmsFate, sms_fate
from outreach.simulator.schedule import Schedule

_EXPIRED = 30036


class SmsLine:
    """Carries messages both ways."""

    def __init__(
        self, config: NetworkConfig, clock: Clock, schedule: Schedule, caller: Caller
    ) -> None:
        self._config, self._clock = config, clock
        self._schedule, self._caller = schedule, caller
        self._chance = Chance(config.seed)

    def carry(self, message: Message) -> None:
        """Takes an accepted message on its way to the handset."""
        handset = message.handset
        fate = sms_fate(self._chance, handset.operator, handset.number, message.nth)
        if message.validity is not None and fate.ends_after > message.validity:
            end = max(fate.sent_after, message.validity)
            fate = SmsFate("undelivered", False, _EXPIRED, fate.sent_after, end)
        sent = message.created + timedelta(seconds=fate.sent_after)
        ends = message.created + timedelta(seconds=fate.ends_after)
        if fate.end != "failed":
            self._schedule.at(sent, lambda at: self._sent(message, at))
        self._schedule.at(ends, lambda at: self._end(message, fate, at))

    def bring(self, message: Message) -> None:
        """Hands a person's text to the account's hook."""
        self._caller.post(
            message.sid, self._config.inbound_hook, forms.inbound(self._config, message)
        )

    def _sent(self, message: Message, at: datetime) -> None:
        message.sent_at = at
        self._report(message, "sent", at)

    def _end(self, message: Message, fate: SmsFate, at: datetime) -> None:
        # The handset first: no report may claim what it has not got.
        if fate.got:
            message.got_at = at
        if fate.end == "sent":
            return
        message.error_code = fate.error_code
        self._report(message, fate.end, at)

    def _report(self, message: Message, status: str, at: datetime) -> None:
        message.status, message.updated = status, at
        if message.callback:
            form = forms.message_status(self._config, message)
            self._caller.post(message.sid, message.callback, form)
