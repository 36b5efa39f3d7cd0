"""How a figure came about: which kinds of facts count for it, by which rule, how many; nobody's
identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from outreach.kernel.errors import BadInput
from outreach.reach import queries
from outreach.reach.chunk import begin_of, end_of
from outreach.reach.figures import read
from outreach.reach.report import report_from
from outreach.reach.rules.definitions import DEFINITIONS, Definition
from outreach.reach.rules.milestones import (
    ANSWERED_CALLS,
    CONSENTED,
    FAILED,
    LEFT,
    MEASURED_CALLS,
    NO_LONGER_FAILED,
    NO_LONGER_UNKNOWN,
    RULES,
    UNKNOWN,
    Count,
    Happening,
    Mark,
    Person,
    Try,
    marks,
)
from outreach.store.engine import reading


@dataclass(frozen=True)
class _Figure:
    """Marks of class `of` named `adds` make the figure, those named `takes` take back from it.
    `everybodys`: no campaign's own. `lasting`: since the first day, whenever the period begins."""

    of: type[Mark]
    adds: str
    takes: str = ""
    everybodys: bool = False
    lasting: bool = False


_FIGURES: Mapping[str, _Figure] = {
    "registered": _Figure(Person, CONSENTED, LEFT, everybodys=True, lasting=True),
    "reached": _Figure(Person, "reached"),
    "heard": _Figure(Person, "heard"),
    "called": _Figure(Person, "called"),
    "answered": _Figure(Person, "answered"),
    "passed": _Figure(Person, "passed"),
    "engaged": _Figure(Person, "engaged"),
    "listened": _Figure(Person, "listened"),
    "opted_out": _Figure(Person, "opted_out", everybodys=True),
    "submitted": _Figure(Count, "submitted"),
    "delivered": _Figure(Count, "delivered"),
    "unknown": _Figure(Try, UNKNOWN, NO_LONGER_UNKNOWN),
    "failed": _Figure(Try, FAILED, NO_LONGER_FAILED),
    "exposures": _Figure(Count, "exposures"),
    "answered_calls": _Figure(Try, ANSWERED_CALLS),
    "measured_calls": _Figure(Try, MEASURED_CALLS),
    "listened_calls": _Figure(Count, "listened"),
    "parts": _Figure(Count, "parts"),
}
FIGURES = tuple(_FIGURES)


@dataclass(frozen=True)
class Line:
    """So many `facts` of this `kind`, `detail` (what it was before, or what it says) and `channel`
    count for the figure, or take back from it. `number` is what a sum gains by them; None for
    figures that count each contact or attempt once, whatever the number of facts."""

    kind: str
    detail: str
    channel: str
    takes_back: bool
    facts: int
    number: int | None


@dataclass(frozen=True)
class Explanation:
    """`value` is the report's; `facts_folded` is the last fact that it knows of."""

    figure: str
    value: int | Decimal
    definition: Definition
    rules: str
    since: date | None
    until: date | None
    facts_folded: int
    lines: Sequence[Line]


def explain(
    engine: Engine,
    figure: str,
    *,
    campaign_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Explanation:
    """Why `figure` of `report` is what it is, from the same snapshot. Raises BadInput.

    Help figures are not explained: their parts would be smaller than what may be shown (S27).
    """
    asked = _FIGURES.get(figure)
    if asked is None:
        raise BadInput(
            f"There is no figure {figure!r} to explain.",
            remedy=f"Choose from {', '.join(FIGURES)}.",
        )
    with reading(engine) as connection:
        found = report_from(read(connection, campaign_id, since, until), campaign_id, since, until)
        folded = queries.folded_upto(connection)
        groups = queries.facts_by_kind(
            connection,
            folded,
            None if asked.everybodys else campaign_id,
            None if asked.lasting else begin_of(since),
            end_of(until),
        )
    return Explanation(
        figure=figure,
        value=getattr(found, figure),
        definition=DEFINITIONS[figure],
        rules=RULES,
        since=since,
        until=until,
        facts_folded=folded,
        lines=_lines(groups, asked),
    )


def _lines(groups: Sequence[Any], asked: _Figure) -> list[Line]:
    """Groups are of equal facts; a line is of all whose kind, detail and channel are the same."""
    sums: dict[tuple[str, str, str, bool], tuple[int, int]] = {}
    for *happened, facts in groups:
        fact = Happening(*happened)
        for mark in marks(fact):
            if isinstance(mark, asked.of) and mark.milestone in (asked.adds, asked.takes):
                key = (fact.kind, fact.detail, fact.channel, mark.milestone == asked.takes)
                so_far, number = sums.get(key, (0, 0))
                gain = mark.number * facts if isinstance(mark, Count) else 0
                sums[key] = (so_far + facts, number + gain)
    summed = asked.of is Count
    return [
        Line(*key, facts=facts, number=number if summed else None)
        for key, (facts, number) in sorted(sums.items())
    ]
