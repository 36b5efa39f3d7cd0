"""Finds who was in which cell of several dimensions, from sets that tell of one dimension each.

Where the values' sets meet is whoever has several values in one dimension at most. Over a long time
a few have several in two, say two provinces and two age bands, and were not in all four cells: of
them the same is asked of each stored span, and of the days of each month in which it still holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from pyroaring import BitMap

from outreach.reach.crowds import ALL, NOBODY, Crowd, among, everybody, in_full
from outreach.reach.queries import PeopleKey, Sets
from outreach.reach.rules.stretches import MONTH

Values = tuple[str, ...]
Crowds = Mapping[PeopleKey, Crowd]
Place = tuple[date, int]  # a month, by its first day, and a campaign
DaysOf = Callable[[Collection[Place]], Crowds]
_Cells = dict[Values, BitMap]


def crowds(rows: Iterable[Sets]) -> Crowds:
    """What some rows tell, span by span."""
    found: dict[PeopleKey, dict[str, Mapping[str, BitMap]]] = defaultdict(dict)
    for row in rows:
        found[row.key][row.dimension] = row.by_value
    return found


def cells(parts: Crowds, whole: Crowd, homes: Crowd, by: Sequence[str], days_of: DaysOf) -> _Cells:
    """The people of each cell that has any.

    `parts` are of one milestone, by day or by month, and `whole` is what they are together, in
    full; `days_of` brings the days of some months, and maybe of others.
    """
    found: _Cells = defaultdict(BitMap)
    moved = _moved(whole, by, everybody(whole))
    _put(found, _without(whole, by, moved), by)
    if not moved:
        return found
    near = among(homes, moved)
    at_home: list[BitMap] = []
    within: dict[Place, BitMap] = {}
    for key, crowd in parts.items():
        few = among(crowd, moved)
        # Who was at home in all dimensions is in one cell, whenever that was.
        guests = BitMap.union(NOBODY, *(who for name in by for who in few.get(name, {}).values()))
        at_home.append(everybody(few) - guests)
        some = in_full({**few, ALL: {"": guests}}, near, by)
        left = _moved(some, by, guests) if key.span == MONTH else NOBODY
        _put(found, _without(some, by, left), by)
        if left:
            within[_place(key)] = left
    _put(found, in_full({ALL: {"": BitMap.union(NOBODY, *at_home)}}, near, by), by)
    for key, crowd in days_of(within).items() if within else ():
        there = within.get(_place(key), NOBODY)
        _put(found, in_full(among(crowd, there), near, by), by)
    return found


def _place(key: PeopleKey) -> Place:
    return key.day.replace(day=1), key.campaign_id


def _moved(sets: Crowd, by: Sequence[str], who: BitMap) -> BitMap:
    """Which of `who`, who are in the sets, have several values in several dimensions."""
    return _overlap([_overlap(sets.get(name, {}).values(), len(who)) for name in by])


def _overlap(sets: Collection[BitMap], people: int = 0) -> BitMap:
    """Who is in more than one of `sets`, in which so many `people` are at least."""
    if sum(map(len, sets)) <= people:
        return NOBODY
    seen, twice = BitMap(), BitMap()
    for contacts in sets:
        twice |= seen & contacts
        seen |= contacts
    return twice


def _without(sets: Crowd, by: Sequence[str], moved: BitMap) -> Crowd:
    """The sets, so that nobody of `moved` is where they meet."""
    if not moved:
        return sets
    return {**sets, by[0]: {value: who - moved for value, who in sets.get(by[0], {}).items()}}


def _put(found: _Cells, sets: Crowd, by: Sequence[str]) -> None:
    """Puts everybody where the sets meet."""
    met: _Cells = {(value,): who for value, who in sets.get(by[0], {}).items() if who}
    for name in by[1:]:
        met = {
            (*values, value): both
            for values, who in met.items()
            for value, theirs in sets.get(name, {}).items()
            if (both := who & theirs)
        }
    for values, who in met.items():
        found[values] |= who
