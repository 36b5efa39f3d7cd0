"""Distinct people over any set of campaigns and any days, by any dimensions together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Engine, Row

from outreach.kernel.errors import BadInput
from outreach.reach import queries
from outreach.reach.rules.definitions import DEFINITIONS, NOTES, Definition
from outreach.reach.rules.milestones import DIMENSIONS, RULES
from outreach.store.engine import reading

MEASURES = ("reached", "called", "answered", "listened")
_SAME_DAY = (
    "Whose attributes changed between two facts of one campaign's day may also count in a cell "
    "that mixes old and new values of that day; totals are not touched."
)
Values = tuple[str, ...]
_Sets = Mapping[str, Mapping[str, BitMap]]  # dimension -> value -> contacts


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
    campaign_ids: Collection[int] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Breakdown:
    """Who was reached, called, answered, listened, as far as the ledger is folded.

    `campaign_ids` None is all; `since` and `until` are local days, both included. Raises BadInput
    for a dimension that there isn't.
    """
    _check(by)
    with reading(engine) as connection:
        rows = queries.bitmaps(connection, MEASURES, campaign_ids, since, until, ("all", *by))
    found: dict[Values, dict[str, BitMap]] = defaultdict(dict)
    for measure, joined in _by_measure(rows, by).items():
        for values, contacts in joined.items():
            found[values][measure] = contacts
    return Breakdown(
        rules=RULES,
        since=since,
        until=until,
        by=by,
        total=_sizes(_everybody(rows)),
        cells=[
            Cell(dict(zip(by, values, strict=True)), _sizes(found[values]))
            for values in sorted(found)
        ],
        bitmaps=len(rows),
        definitions={name: DEFINITIONS[name] for name in MEASURES},
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


def _everybody(rows: Sequence[Row[Any]]) -> dict[str, BitMap]:
    total: dict[str, BitMap] = defaultdict(BitMap)
    for row in rows:
        if row.dimension == "all":
            total[row.milestone] |= BitMap.deserialize(row.contacts)
    return total


def _by_measure(
    rows: Sequence[Row[Any]], by: Sequence[str]
) -> dict[str, defaultdict[Values, BitMap]]:
    """Dimensions meet within one campaign's day, where a person's values belong together, and not
    over the whole period, in which people move."""
    moments: dict[tuple[str, date, int], dict[str, dict[str, BitMap]]] = {}
    for row in rows if by else ():
        moment = moments.setdefault((row.milestone, row.day, row.campaign_id), defaultdict(dict))
        moment[row.dimension][row.value] = BitMap.deserialize(row.contacts)
    found: dict[str, defaultdict[Values, BitMap]] = defaultdict(lambda: defaultdict(BitMap))
    for (measure, _, _), sets in moments.items():
        for values, contacts in _meet(sets, by):
            found[measure][values] |= contacts
    return found


def _meet(sets: _Sets, by: Sequence[str]) -> Iterator[tuple[Values, BitMap]]:
    first, *others = by
    for value, contacts in sets.get(first, {}).items():
        if not others:
            yield (value,), contacts
            continue
        for values, theirs in _meet(sets, others):
            if both := contacts & theirs:
                yield (value, *values), both


def _sizes(people: Mapping[str, BitMap]) -> dict[str, int]:
    return {measure: len(people.get(measure, ())) for measure in MEASURES}
