"""Decides how a conversation moves: whose turn it is, who may act on it, what each act leads to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """One person's conversation with us; there is one per person, and a new text reopens it."""

    NEW = "new"  # nobody has it yet
    ASSIGNED = "assigned"  # a worker has it, and it is the worker's turn
    WAITING = "waiting"  # answered by a worker: it is the person's turn
    CLOSED = "closed"  # with an outcome


class Act(StrEnum):
    """What happens to one. TEXT and CALL are the person's, all others a worker's."""

    TEXT = "text"  # the person wrote
    CALL = "call"  # the person asked to be called
    TAKE = "take"
    HAND_OVER = "hand_over"
    RELEASE = "release"
    REPLY = "reply"
    CLOSE = "close"


class Outcome(StrEnum):
    """How a conversation ended; never what became of a person (S28)."""

    ANSWERED = "answered"  # what was asked was answered
    REFERRED = "referred"  # a service took over
    WENT_SILENT = "went_silent"  # the person wrote no more
    NO_REQUEST = "no_request"  # a mistake, a test, an advertisement
    SEALED = "sealed"  # emptied at once, because somebody may be looking for it (S23)


OUTCOMES = (Outcome.ANSWERED, Outcome.REFERRED, Outcome.WENT_SILENT, Outcome.NO_REQUEST)
OPEN = (Stage.NEW, Stage.ASSIGNED, Stage.WAITING)

# What each act leads to; an act that is not named is not allowed there.
MOVES: dict[Stage, dict[Act, Stage]] = {
    Stage.NEW: {
        Act.TEXT: Stage.NEW,
        Act.CALL: Stage.NEW,
        Act.TAKE: Stage.ASSIGNED,
        Act.HAND_OVER: Stage.ASSIGNED,
    },
    Stage.ASSIGNED: {
        Act.TEXT: Stage.ASSIGNED,
        Act.CALL: Stage.ASSIGNED,
        Act.TAKE: Stage.ASSIGNED,
        Act.HAND_OVER: Stage.ASSIGNED,
        Act.RELEASE: Stage.NEW,
        Act.REPLY: Stage.WAITING,
        Act.CLOSE: Stage.CLOSED,
    },
    Stage.WAITING: {
        Act.TEXT: Stage.ASSIGNED,
        Act.CALL: Stage.ASSIGNED,
        Act.TAKE: Stage.ASSIGNED,
        Act.HAND_OVER: Stage.ASSIGNED,
        Act.RELEASE: Stage.NEW,
        Act.REPLY: Stage.WAITING,
        Act.CLOSE: Stage.CLOSED,
    },
    Stage.CLOSED: {Act.TEXT: Stage.NEW, Act.CALL: Stage.NEW},
}


@dataclass(frozen=True)
class Arrival:
    """What came in from a person, and the conversation that it opens where none is: since when,
    when they last came and (but for calls) wrote, and when somebody must have looked."""

    urgency: int
    child: bool
    language: str
    opened_at: datetime
    last_in_at: datetime
    last_text_at: datetime | None
    due_by: datetime


def both(first: Arrival, second: Arrival) -> Arrival:
    """What moves a conversation as `first` and then `second` would."""
    texts = [at for at in (first.last_text_at, second.last_text_at) if at is not None]
    return Arrival(
        urgency=max(first.urgency, second.urgency),
        child=first.child or second.child,
        language=second.language or first.language,
        opened_at=first.opened_at,
        last_in_at=max(first.last_in_at, second.last_in_at),
        last_text_at=max(texts, default=None),
        due_by=min(first.due_by, second.due_by),
    )


def after(stage: str, act: Act) -> Stage | None:
    """The stage after `act`, or None where it is not allowed."""
    return MOVES[Stage(stage)].get(act)


def may(act: Act, *, by: str, assigned_to: str, leads: bool) -> bool:
    """Whether `by` may act on a conversation that `assigned_to` has ("" is nobody): whoever has it
    does everything, anybody takes what nobody has; who `leads` also takes or hands over what
    another one has."""
    if assigned_to == by:
        return True
    if act is Act.TAKE:
        return leads or not assigned_to
    return act is Act.HAND_OVER and leads
