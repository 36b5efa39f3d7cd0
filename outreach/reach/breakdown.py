"""Distinct people over any set of campaigns and any days, by any dimensions together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap
from sqlalchemy import Engine

from outreach.kernel.errors import BadInput
from outreach.reach import persons, queries, spans
from outreach.reach.rules.definitions import DEFINITIONS, NOTES, Definition
from outreach.reach.rules.milestones import DIMENSIONS, RULES
from outreach.reach.spans import Values
from outreach.store.engine import reading

_ALL = "all"
MEASURES = ("reached", "called", "answered", "passed", "engaged", "listened")
_SAME_DAY = (
    "Whose attributes changed between two facts of one campaign's day may also count in a cell "
    "that mixes old and new values of that day; totals are not touched."
)


@dataclass(frozen=True)
class Cell:
    """One value of each dimension asked for, and the people in it by measure."""

    values: Mapping[str, str]
    people: Mapping[str, int]


@dataclass(frozen=True)
class Breakdown:
    """Internal figures: small cells are not hidden. `total` is distinct over all cells; `cells` has
    only those with anybody in them; `bitmaps` is how many sets were joined for the answer."""

    rules: str
    since: date | None
    until: date | None
    by: Sequence[str]
    total: Mapping[str, int]
    cells: Sequence[Cell]
    bitmaps: int
    definitions: Mapping[str, Definition]
    notes: Sequence[str]


def breakdown(
    engine: Engine,
    by: Sequence[str],
    *,
    measures: Sequence[str] = MEASURES,
    campaign_ids: Collection[int] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Breakdown:
    """Who was reached, called, answered, listened, as far as the ledger is folded.

    `measures` are some of MEASURES; `campaign_ids` None is all; `since` and `until` are local days,
    both included. Raises BadInput for a dimension that there isn't.
    """
    _check(by)
    with reading(engine) as connection:
        rows = list(
            queries.bitmaps(connection, measures, campaign_ids, since, until, by or (_ALL,))
        )
        known = persons.read(connection, until)
    found: dict[Values, dict[str, int]] = defaultdict(lambda: dict.fromkeys(measures, 0))
    total: dict[str, int] = {}
    for measure in measures:
        whole = spans.spanned(row for row in rows if row.milestone == measure)
        # Whatever is counted has a value in each dimension: any of them makes the total.
        everybody = whole.sets.get(by[0] if by else _ALL, {})
        total[measure] = known.count(BitMap.union(BitMap(), *everybody.values()))
        for values, contacts in (spans.cells(whole, by) if by else {}).items():
            found[values][measure] = known.count(contacts)
    return Breakdown(
        rules=RULES,
        since=since,
        until=until,
        by=by,
        total=total,
        cells=[Cell(dict(zip(by, values, strict=True)), found[values]) for values in sorted(found)],
        bitmaps=sum(len(row.by_value) for row in rows),
        definitions={name: DEFINITIONS[name] for name in measures},
        notes=(*NOTES, _SAME_DAY) if len(by) > 1 else NOTES,
    )


def _check(by: Sequence[str]) -> None:
    for name in by:
        if name not in DIMENSIONS or by.count(name) > 1:
            raise BadInput(
                f"People can't be counted by {name!r}.",
                where="--by",
                remedy=f"Choose from {', '.join(DIMENSIONS)}, each once.",
            )
