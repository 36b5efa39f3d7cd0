"""Distinct people over any set of campaigns and any days, by any dimensions together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Engine

from outreach.kernel.errors import BadInput
from outreach.reach import persons, queries
from outreach.reach.rules.definitions import DEFINITIONS, NOTES, Definition
from outreach.reach.rules.milestones import DIMENSIONS, RULES
from outreach.store.engine import reading

_ALL = "all"
MEASURES = ("reached", "called", "answered", "passed", "engaged", "listened")
_SAME_DAY = (
    "Whose attributes changed between two facts of one campaign's day may also count in a cell "
    "that mixes old and new values of that day; totals are not touched."
)
Values = tuple[str, ...]
_Moment = tuple[date, int]  # a local day of one campaign
_Sets = Mapping[str, Mapping[str, BitMap]]  # dimension -> value -> contacts
_Parts = Mapping[str, Mapping[str, Sequence[tuple[_Moment, bytes]]]]  # the same, packed, by moment


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
        rows = queries.bitmaps(connection, measures, campaign_ids, since, until, by or (_ALL,))
        known = persons.read(connection, until)
    parts = {name: _parts(rows, name, by or (_ALL,)) for name in measures}
    found: dict[Values, dict[str, int]] = defaultdict(lambda: dict.fromkeys(measures, 0))
    total: dict[str, int] = {}
    for measure in measures:
        whole = {name: _whole(values) for name, values in parts[measure].items()}
        # Whatever is counted has a value in each dimension: any of them makes the total.
        total[measure] = known.count(BitMap.union(BitMap(), *whole[by[0] if by else _ALL].values()))
        for values, contacts in _cells(parts[measure], whole, by).items():
            found[values][measure] = known.count(contacts)
    return Breakdown(
        rules=RULES,
        since=since,
        until=until,
        by=by,
        total=total,
        cells=[Cell(dict(zip(by, values, strict=True)), found[values]) for values in sorted(found)],
        bitmaps=len(rows),
        definitions={name: DEFINITIONS[name] for name in measures},
        notes=(*NOTES, _SAME_DAY) if len(by) > 1 else NOTES,
    )


def _parts(rows: Sequence[Any], measure: str, by: Sequence[str]) -> _Parts:
    parts: dict[str, Any] = {name: defaultdict(list) for name in by}
    for day, campaign, milestone, dimension, value, contacts in rows:
        if milestone == measure:
            parts[dimension][value].append(((day, campaign), contacts))
    return parts


def _check(by: Sequence[str]) -> None:
    for name in by:
        if name not in DIMENSIONS or by.count(name) > 1:
            raise BadInput(
                f"People can't be counted by {name!r}.",
                where="--by",
                remedy=f"Choose from {', '.join(DIMENSIONS)}, each once.",
            )


def _cells(parts: _Parts, whole: _Sets, by: Sequence[str]) -> dict[Values, BitMap]:
    """The people of each cell that has any.

    Whoever has one value in each dimension all the time is where the values' whole sets meet.
    Those who moved are where they meet on one day of one campaign: over the whole period they
    would also be in cells where they never were.
    """
    moved = BitMap.union(BitMap(), *(_overlap(whole[name].values()) for name in by))
    found = {values: contacts - moved for values, contacts in _meet(whole, by)}
    for sets in _moments(parts, by, moved).values():
        for values, contacts in _meet(sets, by):
            found[values] = found.get(values, BitMap()) | contacts
    return {values: contacts for values, contacts in found.items() if contacts}


def _moments(
    parts: _Parts, by: Sequence[str], moved: BitMap
) -> Mapping[_Moment, dict[str, dict[str, BitMap]]]:
    moments: dict[_Moment, dict[str, dict[str, BitMap]]] = defaultdict(lambda: defaultdict(dict))
    for name in by if moved else ():
        for value, days in parts[name].items():
            for moment, contacts in days:
                if theirs := BitMap.deserialize(contacts) & moved:
                    moments[moment][name][value] = theirs
    return moments


def _overlap(sets: Iterable[BitMap]) -> BitMap:
    """Who is in more than one of `sets`."""
    seen, twice = BitMap(), BitMap()
    for contacts in sets:
        twice |= seen & contacts
        seen |= contacts
    return twice


def _meet(sets: _Sets, by: Sequence[str]) -> Iterator[tuple[Values, BitMap]]:
    if not by:
        return
    first, *others = by
    for value, contacts in sets.get(first, {}).items():
        if not others:
            yield (value,), contacts
            continue
        for values, theirs in _meet(sets, others):
            if both := contacts & theirs:
                yield (value, *values), both


def _whole(values: Mapping[str, Sequence[tuple[_Moment, bytes]]]) -> dict[str, BitMap]:
    return {
        value: BitMap.union(BitMap(), *(BitMap.deserialize(contacts) for _, contacts in days))
        for value, days in values.items()
    }
