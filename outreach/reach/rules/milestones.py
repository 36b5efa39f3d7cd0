"""Says what one fact counts for: sums of things, and people who came to a milestone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.kernel.dimensions import PERSONAL

RULES = "1"  # the version of these rules; every report names it

# REACH.md: a call counts as reached from so many seconds of listening.
HEARD_SECONDS = 10
DIMENSIONS = (*PERSONAL, "channel")
# Where an attempt may rest; it is counted in the newest, and taken out of the one before.
_RESTS = frozenset(
    ("delivered", "completed", "unknown", "failed", "errored", "busy", "no_answer", "canceled")
)
CONSENTED, LEFT = "consent.on", "consent.off"


@dataclass(frozen=True, slots=True)
class Count:
    """`number` more (or fewer) of `milestone`; `plain` ones have no dimensions (help, money)."""

    milestone: str
    number: int
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The fact's contact came to `milestone`."""

    milestone: str


Mark = Count | Person


def marks(kind: str, detail: str, amount: int, cost_micro: int) -> Iterator[Mark]:
    """What a fact counts for. Help facts have no person and no dimension (S19)."""
    family, _, what = kind.partition(".")
    if family == "attempt":
        yield from _attempt(what, detail, amount)
        if cost_micro:
            yield Count("cost", cost_micro, plain=True)
    elif kind == "call.heard":
        yield from _heard(detail, amount)
    elif kind == "consent":
        yield Person(CONSENTED if detail == "consented" else LEFT)
        if detail == "opted_out":
            yield Person("opted_out")
            yield Count("opted_out", 1, plain=True)
    elif kind == "delivery.suppressed":
        yield Count(f"suppressed:{detail}", 1, plain=True)
    elif family == "help":
        yield Count(kind, 1, plain=True)


def _attempt(state: str, before: str, parts: int) -> Iterator[Mark]:
    if state == "accepted":
        yield Count("submitted", 1)
        yield Person("submitted")
        if parts:
            yield Count("parts", parts, plain=True)
        return
    if state in _RESTS:
        yield Count(state, 1)
    if before in _RESTS:
        yield Count(before, -1)
    if state == "delivered":
        yield Count("exposures", 1)
        yield Person("reached")
    if state == "answered" or (state == "completed" and before != "answered"):
        yield Count("answered", 1)
        yield Person("answered")


def _heard(detail: str, seconds: int) -> Iterator[Mark]:
    if seconds >= HEARD_SECONDS:
        yield Count("exposures", 1)
        yield Person("reached")
    if detail == "listened":
        yield Count("listened", 1)
        yield Person("listened")
