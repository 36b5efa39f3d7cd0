"""Finds who was in which cell of several dimensions, from sets that tell of one dimension each.

Where the values' sets meet is whoever has several values in one dimension at most. Over a long time
a few have several in two, say two provinces and two age bands, and were not in all four cells: of
them the same is asked of each stored span, and of the days of each month in which it still holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from pyroaring import BitMap

from outreach.reach.queries import Sets
from outreach.reach.rules.stretches import MONTH

Values = tuple[str, ...]
ByDimension = Mapping[str, Mapping[str, BitMap]]  # dimension -> value -> contacts
Place = tuple[date, int]  # a month, by its first day, and a campaign
DaysOf = Callable[[Collection[Place]], Iterable[Sets]]
_Cells = dict[Values, BitMap]
_NOBODY = BitMap()


def joined(rows: Iterable[Sets]) -> ByDimension:
    """The sets of all `rows` together."""
    found: dict[str, dict[str, list[BitMap]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for value, who in row.by_value.items():
            found[row.key.dimension][value].append(who)
    return {
        dimension: {value: BitMap.union(*sets) for value, sets in by_value.items()}
        for dimension, by_value in found.items()
    }


def cells(rows: Sequence[Sets], whole: ByDimension, by: Sequence[str], days_of: DaysOf) -> _Cells:
    """The people of each cell that has any.

    `rows` are of one milestone, by day or by month, and `whole` is what they are joined; `days_of`
    brings the days of some months, and maybe of others.
    """
    found: _Cells = defaultdict(BitMap)
    moved = _moved(whole, by)
    _put(found, whole, by, moved)
    within: dict[Place, BitMap] = {}
    for span, place, sets in _spans(rows) if moved else ():
        some = _among(sets, moved)
        left = _moved(some, by) if span == MONTH else _NOBODY
        _put(found, some, by, left)
        if left:
            within[place] = left
    for _, place, sets in _spans(days_of(within)) if within else ():
        _put(found, _among(sets, within.get(place, _NOBODY)), by, _NOBODY)
    return {values: who for values, who in found.items() if who}


def _spans(rows: Iterable[Sets]) -> Iterator[tuple[str, Place, ByDimension]]:
    """Each stored span of a campaign: of which kind, in which month, and its sets."""
    stored: dict[tuple[str, date, int], dict[str, Mapping[str, BitMap]]] = defaultdict(dict)
    for row in rows:
        stored[row.key.span, row.key.day, row.key.campaign_id][row.key.dimension] = row.by_value
    for (span, day, campaign), sets in stored.items():
        yield span, (day.replace(day=1), campaign), sets


def _moved(sets: ByDimension, by: Sequence[str]) -> BitMap:
    """Who has several values in several dimensions."""
    return _overlap([_overlap(sets.get(name, {}).values()) for name in by])


def _overlap(sets: Iterable[BitMap]) -> BitMap:
    """Who is in more than one of `sets`."""
    seen, twice = BitMap(), BitMap()
    for contacts in sets:
        twice |= seen & contacts
        seen |= contacts
    return twice


def _among(sets: ByDimension, some: BitMap) -> ByDimension:
    """The sets without anybody who is not in `some`."""
    return {
        dimension: {value: both for value, who in by_value.items() if (both := who & some)}
        for dimension, by_value in sets.items()
    }


def _put(found: _Cells, sets: ByDimension, by: Sequence[str], moved: BitMap) -> None:
    """Puts everybody but `moved` where the sets meet."""
    met: _Cells = {(value,): who - moved for value, who in sets.get(by[0], {}).items()}
    for name in by[1:]:
        met = {
            (*values, value): both
            for values, who in met.items()
            for value, theirs in sets.get(name, {}).items()
            if (both := who & theirs)
        }
    for values, who in met.items():
        found[values] |= who
