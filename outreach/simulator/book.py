"""What the network remembers: handsets, messages and calls, in memory, found without a search.

Nothing here prints a number or a text: those fields are left out of every repr (S18).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from outreach.language.parts import count
from outreach.simulator.operators import Operator, operator_of

OUT, IN = "outbound-api", "inbound"
# Statuses after which nothing changes any more.
SMS_FINAL = frozenset({"delivered", "undelivered", "failed", "received"})
CALL_FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(slots=True, eq=False)
class Message:
    """One SMS, either way. `status` is the last one reported; `got_at` is the handset's truth."""

    sid: str
    handset: Handset = field(repr=False)
    to: str = field(repr=False)
    sender: str = field(repr=False)
    body: str = field(repr=False)
    direction: str
    created: datetime
    updated: datetime
    nth: int
    status: str = "queued"
    callback: str = ""
    validity: float | None = None
    sent_at: datetime | None = None
    got_at: datetime | None = None
    error_code: int | None = None
    parts: int = 1


@dataclass(slots=True, eq=False)
class Call:
    """One call, either way. `heard` are seconds of recordings; `keys` is what was pressed."""

    sid: str
    handset: Handset = field(repr=False)
    to: str = field(repr=False)
    sender: str = field(repr=False)
    direction: str
    created: datetime
    updated: datetime
    nth: int
    url: str
    method: str = "POST"
    timeout: float = 60.0
    status: str = "queued"
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    sequence: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    heard: float = 0.0
    keys: str = ""
    problems: list[int] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        """How long it was answered."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(0, round((self.ended_at - self.answered_at).total_seconds()))


@dataclass(slots=True, eq=False)
class Handset:
    """One phone. `id` is random, so that a page's address never holds a number."""

    number: str = field(repr=False)
    operator: Operator
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    messages: list[Message] = field(default_factory=list, repr=False)
    calls: list[Call] = field(default_factory=list, repr=False)
    last_sender: str = field(default="", repr=False)
    sms_seen: int = 0
    calls_seen: int = 0


class Book:
    """Every record by its id, and the messages and calls by whom they went to, oldest first."""

    def __init__(self) -> None:
        self.handsets: dict[str, Handset] = {}
        self.by_id: dict[str, Handset] = {}
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self._messages_to: dict[str, list[Message]] = {}
        self._calls_to: dict[str, list[Call]] = {}

    def handset(self, number: str) -> Handset:
        """The phone of `number`, made when first spoken of."""
        found = self.handsets.get(number)
        if found is None:
            found = self.handsets[number] = Handset(number, operator_of(number))
            self.by_id[found.id] = found
        return found

    def message_out(
        self, to: str, sender: str, body: str, now: datetime, callback: str, validity: float | None
    ) -> Message:
        """A message that the account sends to a handset."""
        handset = self.handset(to)
        message = Message(
            f"SM{secrets.token_hex(16)}", handset, to, sender, body, OUT, now, now,
            nth=handset.sms_seen, callback=callback, validity=validity, parts=count(body).parts,
        )  # fmt: skip
        handset.sms_seen += 1
        handset.last_sender = sender
        return self._keep_message(message)

    def message_in(self, sender: str, to: str, body: str, now: datetime) -> Message:
        """A message that a handset sends to the account."""
        message = Message(
            f"SM{secrets.token_hex(16)}", self.handset(sender), to, sender, body, IN, now, now,
            nth=0, status="received", sent_at=now, parts=count(body).parts,
        )  # fmt: skip
        return self._keep_message(message)

    def call_out(self, call: Call) -> Call:
        """Keeps a call that the account places."""
        call.handset.calls_seen += 1
        call.handset.last_sender = call.sender
        return self._keep_call(call)

    def call_in(self, sender: str, to: str, url: str, now: datetime) -> Call:
        """A call that a handset places."""
        call = Call(
            f"CA{secrets.token_hex(16)}", self.handset(sender), to, sender, IN, now, now,
            nth=0, url=url, status="ringing",
        )  # fmt: skip
        return self._keep_call(call)

    def messages_newest_first(self, to: str | None) -> list[Message]:
        """All messages, or those that went to one number."""
        kept = list(self.messages.values()) if to is None else self._messages_to.get(to, [])
        return kept[::-1]

    def calls_newest_first(self, to: str | None) -> list[Call]:
        """All calls, or those that went to one number."""
        kept = list(self.calls.values()) if to is None else self._calls_to.get(to, [])
        return kept[::-1]

    def _keep_message(self, message: Message) -> Message:
        self.messages[message.sid] = message
        self._messages_to.setdefault(message.to, []).append(message)
        message.handset.messages.append(message)
        return message

    def _keep_call(self, call: Call) -> Call:
        self.calls[call.sid] = call
        self._calls_to.setdefault(call.to, []).append(call)
        call.handset.calls.append(call)
        return call
