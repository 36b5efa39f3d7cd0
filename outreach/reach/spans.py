"""Finds who was in which cell of several dimensions, from sets that tell of one dimension each.

Where the values' sets meet is whoever has several values in one dimension at most. Over a long time
a few have several in two, say two provinces and two age bands, and were not in all four cells: of
them the same is asked of each stored span, and of the days of each month in which it still holds.
Most of them moved once: of those it is asked only on which side they were, at home or elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from pyroaring import BitMap

from outreach.reach.crowds import AWAY, NOBODY, Crowd, among, everybody, guests_of, in_full
from outreach.reach.queries import PeopleKey, Sets
from outreach.reach.rules.stretches import MONTH

Values = tuple[str, ...]
Crowds = Mapping[PeopleKey, Crowd]
Place = tuple[date, int]  # a month, by its first day, and a campaign
DaysOf = Callable[[Collection[Place]], Crowds]
_Cells = dict[Values, BitMap]
_HOME, _ELSEWHERE = "home", "elsewhere"


def crowds(rows: Iterable[Sets]) -> Crowds:
    """What some rows tell, span by span."""
    found: dict[PeopleKey, dict[str, Mapping[str, BitMap]]] = defaultdict(dict)
    for row in rows:
        found[row.key][row.dimension] = row.by_value
    return found


def cells(parts: Crowds, short: Crowd, homes: Crowd, by: Sequence[str], days_of: DaysOf) -> _Cells:
    """The people of each cell that has any.

    `parts` are of one milestone, by day or by month, and `short` is what they are together;
    `days_of` brings the days of some months, and maybe of others.
    """
    found: _Cells = defaultdict(BitMap)
    whole = in_full(short, homes, by)
    moved = _moved(whole, by, everybody(short))
    _put(found, _without(whole, by, moved), by)
    if not moved:
        return found
    near, guests = among(homes, moved), among({name: guests_of(short, name) for name in by}, moved)
    restless = BitMap.union(NOBODY, *(_overlap(sets.values()) for sets in guests.values()))
    follow = partial(_follow, parts, by, days_of)
    for values, who in follow(restless, partial(_in_full, by, near)).items():
        found[values] |= who
    # Whoever is not restless has one value at home and one elsewhere.
    for sides, who in follow(moved - restless, partial(_sides, by, homes)).items():
        on = {
            name: (near if side == _HOME else guests)[name]
            for name, side in zip(by, sides, strict=True)
        }
        _put(found, among(on, who), by)
    return found


def _follow(
    parts: Crowds,
    by: Sequence[str],
    days_of: DaysOf,
    some: BitMap,
    told: Callable[[Crowd, BitMap], Crowd],
) -> _Cells:
    """Where `some` were, span by span, by the values that `told` says of a crowd."""
    found: _Cells = defaultdict(BitMap)
    within: dict[Place, BitMap] = {}
    for key, crowd in parts.items() if some else ():
        few = everybody(crowd) & some
        sets = told(crowd, few)
        left = _moved(sets, by, few) if key.span == MONTH else NOBODY
        _put(found, _without(sets, by, left), by)
        if left:
            within[_place(key)] = left
    for key, crowd in days_of(within).items() if within else ():
        _put(found, told(crowd, everybody(crowd) & within.get(_place(key), NOBODY)), by)
    return found


def _in_full(by: Sequence[str], homes: Crowd, crowd: Crowd, few: BitMap) -> Crowd:
    return in_full(among(crowd, few), homes, by)


def _sides(by: Sequence[str], homes: Crowd, crowd: Crowd, few: BitMap) -> Crowd:
    """Which of `few` of a crowd were at home and which elsewhere; where nobody has a home, all."""
    found: dict[str, dict[str, BitMap]] = {}
    for name in by:
        away = crowd.get(name, {}).get(AWAY, NOBODY)
        guests = few & BitMap.union(NOBODY, *guests_of(crowd, name).values())
        found[name] = {_HOME: few - away if name in homes else NOBODY, _ELSEWHERE: guests}
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
