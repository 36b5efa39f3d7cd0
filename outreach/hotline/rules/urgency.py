"""Decides how soon a person must look at what came in (S30). The person never learns of it: what
they get back is the same (S2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from outreach.hotline.rules.answer import ONE_ANSWER


class Urgency(IntEnum):
    """How much hurry there is."""

    NORMAL = 0  # a topic that the automatic answer may be enough for
    SOON = 1  # a sensitive topic, papers, or what was not understood: it may be a plea
    URGENT = 2  # help, danger, a child, a wish to be called


# Well within the time in which staff may still reply (S9), but for ordinary topics.
LOOK_WITHIN = {
    Urgency.URGENT: timedelta(minutes=5),
    Urgency.SOON: timedelta(minutes=10),
    Urgency.NORMAL: timedelta(hours=4),
}
_URGENT = frozenset({"HELP", "CHILD"})
_SOON = (ONE_ANSWER - _URGENT - {"JOB"}) | {"PASSPORT", "UNKNOWN"}
# Consent and housekeeping: they belong to a conversation that is open, and open none.
_QUIET = frozenset({"STOP", "START", "LANG", "EXIT"})
# Whoever says so does not want to hear from us now: from then on nobody texts them (S4).
_LEAVING = frozenset({"STOP", "EXIT"})


def urgency(intent: str) -> Urgency | None:
    """How urgent a text of `intent` is; None where it opens no conversation."""
    if intent in _QUIET:
        return None
    if intent in _URGENT:
        return Urgency.URGENT
    return Urgency.SOON if intent in _SOON else Urgency.NORMAL


def look_by(hurry: int, now: datetime) -> datetime:
    """When somebody must have looked at what came in at `now`."""
    return now + LOOK_WITHIN[Urgency(hurry)]


def leaves(intent: str) -> bool:
    """Whether a text of `intent` ends the time in which staff may reply."""
    return intent in _LEAVING
