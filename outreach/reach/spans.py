"""Finds who was in which cell of several dimensions, from sets that tell of one dimension each.

Where the values' sets meet is whoever has several values in one dimension at most. Over a long time
a few have several in two, say two provinces and two age bands, and were not in all four cells: of
them the same is asked of each stored span, and of the days of each month in which it still holds.
Most of them moved once: of those it is asked only on which side they were, at home or elsewhere;
and not even that of whoever moved by all dimensions at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from pyroaring import BitMap

from outreach.reach.crowds import (
    ALL,
    AWAY,
    NOBODY,
    Crowd,
    among,
    away,
    everybody,
    guests_of,
    in_full,
    union,
)
from outreach.reach.queries import PeopleKey, Sets
from outreach.reach.rules.stretches import MONTH

Values = tuple[str, ...]
Crowds = Mapping[PeopleKey, Crowd]
Place = tuple[date, int]  # a month, by its first day, and a campaign
DaysOf = Callable[[Mapping[Place, BitMap]], Crowds]
Mixed = Mapping[str, BitMap]  # by dimension
# Whoever is in both sets; nobody maybe. To count them, the set of them is not needed.
Meeting = tuple[BitMap, BitMap]
Cells = Mapping[Values, list[Meeting]]
_HOME, _ELSEWHERE = "home", "elsewhere"


def crowds(rows: Iterable[Sets]) -> dict[PeopleKey, dict[str, Mapping[str, BitMap]]]:
    """What some rows tell, span by span."""
    found: dict[PeopleKey, dict[str, Mapping[str, BitMap]]] = defaultdict(dict)
    for row in rows:
        found[row.key][row.dimension] = row.by_value
    return found


def strangers(parts: Crowds, personal: Sequence[str]) -> tuple[Mapping[PeopleKey, BitMap], Mixed]:
    """Who was never at home by some dimension, span by span; and by dimension, who was at home by
    it while elsewhere by another, or was both by it. Of ALL nothing needs to be told yet."""
    found: dict[PeopleKey, BitMap] = {}
    mixed: dict[str, list[BitMap]] = {name: [] for name in personal}
    for key, crowd in parts.items():
        nevers = {name: away(crowd, name) for name in personal}
        strange = found[key] = union(nevers.values())
        for name, never in nevers.items():
            if len(never) < len(strange):
                mixed[name].append(strange - never)
            if not _alone(crowd, name):
                mixed[name].append(_elsewhere(crowd, name) - never)
    return found, {name: union(sets) for name, sets in mixed.items()}


def suspects(short: Crowd, by: Sequence[str], mixed: Mixed) -> BitMap:
    """Who may have to be followed span by span, and some more; `short` knows nothing of ALL."""
    values = {name: guests_of(short, name).values() for name in by}
    twice = {name: _overlap(sets) for name, sets in values.items()}
    changed = {name: union(values[name]) if name in mixed else twice[name] for name in by}
    several = _overlap(changed.values())
    not_at_once = [who for name, who in mixed.items() if several & changed[name]]
    return several & union((*twice.values(), *not_at_once))


def cells(
    parts: Crowds, short: Crowd, homes: Crowd, by: Sequence[str], mixed: Mixed, days_of: DaysOf
) -> Cells:
    """The people of each cell: some meetings of two sets, of which nobody is in two.

    `parts` are of one milestone, by day or by month, and `short` is what they are together; of ALL
    the parts need to tell the `suspects` only. `mixed` is told by `strangers`; `days_of` brings the
    days of some months, and maybe of others, as far as they tell of certain people.
    """
    found: Cells = defaultdict(list)
    several = {name: _several(short, name, homes) for name in by}
    moved = _overlap(several.values())
    stayed = {
        name: {value: who - moved for value, who in short.get(name, {}).items()}
        for name in (ALL, *by)
    }
    _put(found, in_full(stayed, homes, by), by)
    if moved:
        near = among({name: homes[name] for name in by if name in homes}, moved)
        guests = among({name: guests_of(short, name) for name in by}, moved)
        restless = union(_overlap(sets.values()) for sets in guests.values())
        follow = partial(_follow, parts, by, days_of)
        for values, who in follow(restless, partial(_in_full, by, near)).items():
            found[values].append((who, who))
        # Whoever is not restless has one value at home and one elsewhere; and whoever was on one
        # side by all that changed, in every span, changed in all of it at once.
        changed = [name for name in by if name in homes and several[name] & moved]
        at_once = moved - restless - union(mixed[name] for name in changed)
        same = in_full(among(short, at_once), near, [name for name in by if name not in changed])
        for side in (near, guests):
            _put(found, among(dict(side) | same, at_once), by)
        for sides, who in follow(moved - restless - at_once, partial(_sides, by, homes)).items():
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
    values_of: Callable[[Crowd, BitMap], Crowd],
) -> Mapping[Values, BitMap]:
    """Where `some` were, span by span, by the values that `values_of` says of a crowd."""
    found: Cells = defaultdict(list)
    within: dict[Place, BitMap] = {}
    for key, crowd in parts.items() if some else ():
        few = everybody(crowd) & some
        sets = values_of(crowd, few)
        left = _moved(sets, by, few) if key.span == MONTH else NOBODY
        _put(found, _without(sets, by, left), by)
        if left:
            within[_place(key)] = left
    for key, crowd in days_of(within).items() if within else ():
        _put(found, values_of(crowd, everybody(crowd) & within.get(_place(key), NOBODY)), by)
    told = {values: union(map(_who, met)) for values, met in found.items()}
    return {values: who for values, who in told.items() if who}


def _in_full(by: Sequence[str], homes: Crowd, crowd: Crowd, few: BitMap) -> Crowd:
    return in_full(among(crowd, few), homes, by)


def _sides(by: Sequence[str], homes: Crowd, crowd: Crowd, few: BitMap) -> Crowd:
    """Which of `few` of a crowd were at home and which elsewhere; where nobody has a home, all."""
    found: dict[str, dict[str, BitMap]] = {}
    for name in by:
        never = away(crowd, name)
        elsewhere = few & (never if _alone(crowd, name) else _elsewhere(crowd, name))
        found[name] = {_HOME: few - never if name in homes else NOBODY, _ELSEWHERE: elsewhere}
    return found


def _elsewhere(crowd: Crowd, name: str) -> BitMap:
    return union(guests_of(crowd, name).values())


def _alone(crowd: Crowd, name: str) -> bool:
    """Whether nobody who was elsewhere was at home as well, or in two places: as nearly always."""
    sets = crowd.get(name, {})
    return sum(map(len, sets.values())) == 2 * len(sets.get(AWAY, NOBODY))


def _place(key: PeopleKey) -> Place:
    return key.day.replace(day=1), key.campaign_id


def _several(short: Crowd, name: str, homes: Crowd) -> BitMap:
    """Who has several values of a dimension."""
    values = guests_of(short, name).values()
    if name not in homes:
        return _overlap(values, len(everybody(short)))
    return (_elsewhere(short, name) - away(short, name)) | _overlap(values)


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


def _put(found: Cells, sets: Crowd, by: Sequence[str]) -> None:
    """Puts everybody where the sets meet."""
    met: dict[Values, Meeting] = {
        (value,): (who, who) for value, who in sets.get(by[0], {}).items()
    }
    for name in by[1:]:
        met = {
            (*values, value): (both, also)
            for values, meeting in met.items()
            if (both := _who(meeting))
            for value, also in sets.get(name, {}).items()
        }
    for values, meeting in met.items():
        found[values].append(meeting)


def _who(meeting: Meeting) -> BitMap:
    some, also = meeting
    return some if some is also else some & also
