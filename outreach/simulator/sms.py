"""The life of an SMS: queued, sent, and how its fate lets it end, each step reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from outreach.simulator import forms
from outreach.simulator.book import Handset, Message
from outreach.simulator.caller import Caller
from outreach.simulator.chance import Chance
from outreach.simulator.config import NetworkConfig
from outreach.simulator.fate import SmsFate, sms_fate
from outreach.simulator.reporting import Reporter
from outreach.simulator.schedule import Schedule
from outreach.simulator.trouble import Troubles

_EXPIRED = 30036


class SmsLine:
    """Carries messages both ways."""

    def __init__(
        self,
        config: NetworkConfig,
        troubles: Troubles,
        schedule: Schedule,
        caller: Caller,
        reporter: Reporter,
    ) -> None:
        self._config, self._troubles = config, troubles
        self._schedule, self._caller, self._reporter = schedule, caller, reporter
        self._chance = Chance(config.seed)

    def carry(self, message: Message) -> None:
        """Takes an accepted message on its way to the handset."""
        handset = message.handset
        fate = self._fate(handset, message.nth)
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
        name = ("inbound", message.sender, len(message.handset.messages))
        if self._chance.draw(*name) >= self._troubles.now.inbound_lost:
            self._caller.post(
                message.sid, self._config.inbound_hook, forms.inbound(self._config, message)
            )

    def _fate(self, handset: Handset, nth: int) -> SmsFate:
        trouble, operator = self._troubles.now, handset.operator
        if trouble.silent is not None:
            operator = replace(operator, silent=trouble.silent)
        fate = sms_fate(self._chance, operator, handset.number, nth)
        luck = self._chance.draw("ending", handset.number, nth)
        for ending in trouble.endings:
            if luck < ending.share:
                return SmsFate(ending.status, False, ending.code, fate.sent_after, fate.ends_after)
            luck -= ending.share
        return fate

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
            self._reporter.post(message, form)
