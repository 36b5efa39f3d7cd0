"""Says what one fact counts for: sums of things, people and attempts that came to a milestone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.kernel.dimensions import PERSONAL

RULES = "4"  # the version of these rules; every report names it

# REACH.md: a call counts as reached from so many seconds of listening.
HEARD_SECONDS = 10
DIMENSIONS = (*PERSONAL, "channel")
CONSENTED, LEFT = "consent.on", "consent.off"
# Numbers of one person, by the person; known second numbers count once (REACH.md).
LINKED, UNLINKED = "person.linked", "person.unlinked"
# Who comes to one of these is no longer at the other: the order of days matters.
OPPOSITE = {CONSENTED: LEFT, LEFT: CONSENTED, LINKED: UNLINKED, UNLINKED: LINKED}
# Sets of attempts. Whoever reaches the first of a pair may come to the second later, which takes it
# back: a late *delivered* after *unknown*. Sets, because a sum could not be taken back day by day.
UNKNOWN, NO_LONGER_UNKNOWN = "attempts.unknown", "attempts.known"
FAILED, NO_LONGER_FAILED = "attempts.failed", "attempts.mended"
SMS_SUBMITTED, SMS_DELIVERED = "attempts.sms_submitted", "attempts.sms_delivered"
ANSWERED_CALLS = "attempts.answered"
# Of some calls a gateway can't say how long they were listened to.
MEASURED_CALLS = "attempts.measured"
# Somebody looked at a help conversation for the first time, and how long the person had waited by
# then: at most so many minutes. A sum has no median, but says in which of these spans it lies.
LOOKED, WAITED = "help.looked", "help.waited:"
SPANS = (1, 3, 5, 10, 15, 30, 60, 120, 240, 480, 1_440, 2_880, 10_080)
# A new day was there, whether or not anything else happened on it.
DAY_BEGAN = "day.began"
_FAILURES = frozenset(("failed", "errored"))
# Taking part (REACH.md); whoever asked for help did not by that. Who was on a list did not join.
_ENGAGING = frozenset(("call.pressed", "quiz.before", "quiz.after", "language.changed"))
_JOINING = frozenset(("join_code", "missed_call"))


@dataclass(frozen=True, slots=True)
class Count:
    """`number` more of `milestone`; `plain` ones have no dimensions (help, money)."""

    milestone: str
    number: int
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The fact's contact came to `milestone`."""

    milestone: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """The fact's attempt came to `milestone`, which it can only once."""

    milestone: str
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """The fact's contact became, or is no longer, a number of the person in its detail."""

    milestone: str


Mark = Count | Person | Try | Link


@dataclass(frozen=True, slots=True)
class Happening:
    """What the rules look at in a fact."""

    kind: str
    detail: str
    channel: str
    amount: int
    cost_micro: int
    currency: str


def from_home(milestone: str) -> bool:
    """Whether it is of contacts and can't be undone: then their homes say where they were, but for
    who was elsewhere."""
    return milestone not in OPPOSITE and not milestone.startswith("attempts.")


def marks(fact: Happening) -> Iterator[Mark]:
    """What a fact counts for. Help facts have no person and no dimension (S19)."""
    family, _, what = fact.kind.partition(".")
    if family == "attempt":
        yield from _accepted(fact) if what == "accepted" else _move(fact.detail, what, fact.channel)
        if fact.cost_micro:
            yield Count(f"cost:{fact.currency}", fact.cost_micro, plain=True)
    elif fact.kind == "call.heard":
        yield from _heard(fact)
    elif fact.kind in _ENGAGING or (fact.kind == "community.joined" and fact.detail in _JOINING):
        yield Person("engaged")
    elif fact.kind == "call.passed":
        yield Person("passed")
    elif fact.kind == "consent":
        yield Person(CONSENTED if fact.detail == "consented" else LEFT)
        if fact.detail == "opted_out":
            yield Person("opted_out")
    elif fact.kind in (LINKED, UNLINKED):
        yield Link(fact.kind)
    elif fact.kind == "delivery.suppressed":
        yield Count(f"suppressed:{fact.detail}", 1, plain=True)
    elif fact.kind == DAY_BEGAN:
        yield Count(DAY_BEGAN, 1, plain=True)
    elif family == "help":
        yield Count(fact.kind, 1, plain=True)
        if fact.kind == LOOKED:
            yield Count(f"{WAITED}{_at_most(fact.amount)}", 1, plain=True)


def _accepted(fact: Happening) -> Iterator[Mark]:
    yield Count("submitted", 1)
    if fact.channel == "sms":
        yield Try(SMS_SUBMITTED)
    else:
        yield Person("called")
    if fact.amount:
        yield Count("parts", fact.amount, plain=True)


def _at_most(seconds: int) -> int:
    return next((minutes for minutes in SPANS if seconds <= minutes * 60), SPANS[-1])


def _move(before: str, after: str, channel: str) -> Iterator[Mark]:
    if before == "unknown":
        yield Try(NO_LONGER_UNKNOWN)
    if before in _FAILURES:
        yield Try(NO_LONGER_FAILED)
    if after == "unknown":
        yield Try(UNKNOWN, plain=False)
    elif after in _FAILURES:
        yield Try(FAILED, plain=False)
    elif after == "delivered":
        yield Count("delivered", 1)
        yield Count("exposures", 1)
        yield Person("reached")
        if channel == "sms":
            yield Try(SMS_DELIVERED)
    elif after in ("answered", "completed"):
        yield Try(ANSWERED_CALLS)
        yield Person("answered")


def _heard(fact: Happening) -> Iterator[Mark]:
    yield Try(MEASURED_CALLS)
    if fact.amount >= HEARD_SECONDS:
        yield Count("exposures", 1)
        yield Person("reached")
        yield Person("heard")
    if fact.detail == "listened":
        yield Count("listened", 1)
        yield Person("listened")
