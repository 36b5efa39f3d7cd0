"""Decides whether a wish to be called may still be followed, and how the call may end (S5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

# One call-back in that time, then none, unless the person set it otherwise.
CALL_WITHIN = timedelta(minutes=3)


class CallState(StrEnum):
    """One wish to be called."""

    WAITING = "waiting"  # nobody has taken it; past its time nobody may any more
    TAKEN = "taken"  # a worker sees the number and calls
    SPOKE = "spoke"  # with the person
    NO_ANSWER = "no_answer"  # nobody answered; not tried again by itself
    OTHER_PERSON = "other_person"  # somebody else answered, and was told nothing
    TOO_LATE = "too_late"  # found after its time had passed


ENDS = (CallState.SPOKE, CallState.NO_ANSWER, CallState.OTHER_PERSON)


def may_take(state: str, due_by: datetime, now: datetime) -> bool:
    """Whether a worker may see the number now: once, and only within the three minutes. Later the
    phone may be in other hands, and the person does not expect the call any more."""
    return state == CallState.WAITING and now < due_by


def may_end(state: str, taken_by: str, by: str) -> bool:
    """Whether `by` may say how the call went."""
    return state == CallState.TAKEN and taken_by == by
