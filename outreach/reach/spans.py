"""Finds who was in which cell of several dimensions, from sets that tell of one dimension each.

Over a long span somebody may have been in two provinces and of two age bands, and not in all four
cells of them. Whoever has one value in each dimension all along is where the values' sets meet; for
the few who moved the same is asked of shorter spans, down to one day of one campaign.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pyroaring import BitMap

from outreach.reach.queries import Sets

Values = tuple[str, ...]
_ByDimension = dict[str, dict[str, BitMap]]  # dimension -> value -> contacts
_NOBODY = BitMap()


@dataclass(frozen=True)
class Span:
    """Some days of some campaigns: its sets, and the shorter spans that make it up."""

    sets: _ByDimension
    parts: Sequence[Span] = ()


def spanned(rows: Iterable[Sets]) -> Span:
    """The sets of one milestone as a span of months of campaigns' days."""
    ordered = sorted(rows, key=lambda row: (row.day, row.campaign_id))
    moments = [
        (month, Span({row.dimension: dict(row.by_value) for row in same}))
        for (*month, _, _), same in groupby(ordered, _moment)
    ]
    months = groupby(moments, lambda moment: moment[0])
    return _joined([_joined([span for _, span in same]) for _, same in months])


def _moment(row: Sets) -> tuple[int, int, int, int]:
    return row.day.year, row.day.month, row.day.day, row.campaign_id


def _joined(parts: Sequence[Span]) -> Span:
    found: dict[str, dict[str, list[BitMap]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        for dimension, by_value in part.sets.items():
            for value, who in by_value.items():
                found[dimension][value].append(who)
    whole = {
        dimension: {value: BitMap.union(*sets) for value, sets in by_value.items()}
        for dimension, by_value in found.items()
    }
    return Span(whole, parts)


def cells(span: Span, by: Sequence[str]) -> dict[Values, BitMap]:
    """The people of each cell that has any."""
    return _cells(span.sets, span.parts, by)


def _cells(sets: _ByDimension, parts: Sequence[Span], by: Sequence[str]) -> dict[Values, BitMap]:
    if len(by) < 2 or not parts:
        return dict(_meet(sets, by))
    moved = BitMap.union(*(_overlap(sets.get(name, {}).values()) for name in by))
    found = {values: who - moved for values, who in _meet(sets, by)}
    for part in parts if moved else ():
        for values, who in _cells(_among(part.sets, moved), part.parts, by).items():
            found[values] = found.get(values, _NOBODY) | who
    return {values: who for values, who in found.items() if who}


def _among(sets: _ByDimension, some: BitMap) -> _ByDimension:
    """The sets without anybody who is not in `some`."""
    found: _ByDimension = {}
    # Whoever is there has a value in each dimension: the first ones leave the others few to find.
    for name in sorted(sets, key=lambda name: len(sets[name])):
        both = {value: who & some for value, who in sets[name].items()}
        found[name] = {value: who for value, who in both.items() if who}
        some = BitMap.union(_NOBODY, *found[name].values())
    return found


def _overlap(sets: Iterable[BitMap]) -> BitMap:
    """Who is in more than one of `sets`."""
    seen, twice = BitMap(), BitMap()
    for contacts in sets:
        twice |= seen & contacts
        seen |= contacts
    return twice


def _meet(sets: _ByDimension, by: Sequence[str]) -> Iterator[tuple[Values, BitMap]]:
    first, *others = by
    for value, contacts in sets.get(first, {}).items():
        if not others:
            yield (value,), contacts
            continue
        for values, theirs in _meet(sets, others):
            if both := contacts & theirs:
                yield (value, *values), both
