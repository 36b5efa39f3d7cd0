"""A provider's statuses in our attempt states: two tables, and how providers differ."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.gateways.ports import State

# None: the status belongs to messages that came in, so it says nothing of an attempt.
MESSAGE: dict[str, State | None] = {
    "accepted": "submitted",
    "scheduled": "submitted",
    "queued": "submitted",
    "sending": "submitted",
    "sent": "sent",
    # Some parts are on the handset: less than delivered, so no claim is made.
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "canceled",
    "receiving": None,
    "received": None,
}

CALL: dict[str, State | None] = {
    "queued": "submitted",
    "initiated": "submitted",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}


@dataclass(frozen=True)
class Dialect:
    """How a Twilio-compatible provider differs. `max_validity` is in seconds; `lists_by_number`
    says that its lists keep to the number that they are asked for."""

    name: str
    max_validity: int
    call_events: tuple[str, ...]
    lists_by_number: bool


TWILIO = Dialect(
    "twilio", 36_000, ("initiated", "ringing", "answered", "completed"), lists_by_number=True
)
# Somleng reports a call once, when it has ended, whatever events are asked for.
SOMLENG = Dialect("somleng", 14_400, ("completed",), lists_by_number=False)

DIALECTS = {dialect.name: dialect for dialect in (TWILIO, SOMLENG)}
