"""Sets of people by dimension and value, told short: what is said of most people never changes.

A contact's home is what the first fact of them says (`homes/`). A crowd holds everybody in it,
and of a personal dimension those alone who were elsewhere: by value, and under AWAY who was never
at home. All others have the values of their homes; crowds are joined without knowing which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from itertools import chain
from operator import or_

from pyroaring import BitMap

from outreach.kernel.dimensions import PERSONAL

# By dimension and value; a crowd in full, or as much as is said of homes, has the same form.
Crowd = Mapping[str, Mapping[str, BitMap]]
Sets = dict[str, dict[str, BitMap]]
ALL = "all"  # the dimension of everybody, whose value is ""
AWAY = ""  # a value that no personal dimension has
NOBODY = BitMap()
_FEW = 4


def everybody(crowd: Crowd) -> BitMap:
    """Who is in a crowd."""
    return crowd.get(ALL, {}).get("", NOBODY)


def guests_of(crowd: Crowd, dimension: str) -> Mapping[str, BitMap]:
    """Who was elsewhere, by value."""
    return {value: who for value, who in crowd.get(dimension, {}).items() if value != AWAY}


def together(crowds: Collection[Crowd]) -> Sets:
    """Several crowds as one: whoever was at home in any of them was not away."""
    found = unions(crowds)
    moving = travellers(found)
    near = [(everybody(crowd) & moving, crowd) for crowd in crowds] if moving else []
    for name in PERSONAL:
        if AWAY in found.get(name, ()):
            settle(found[name], (who - away(crowd, name) for who, crowd in near))
    return found


def away(crowd: Crowd, dimension: str) -> BitMap:
    """Who was never at home by a personal dimension."""
    return crowd.get(dimension, {}).get(AWAY, NOBODY)


def union(sets: Iterable[BitMap]) -> BitMap:
    """Whoever is in any of some sets. A few are joined one by one: to join many at once, each is
    spread out as bits first."""
    found = [*filter(None, sets)]
    return reduce(or_, found) if 1 < len(found) <= _FEW else BitMap.union(BitMap(), *found)


def unions(crowds: Iterable[Crowd]) -> Sets:
    """All that was said in any of some crowds; in AWAY are some who were at home in others."""
    gathered: dict[str, dict[str, list[BitMap]]] = defaultdict(lambda: defaultdict(list))
    for crowd in crowds:
        for dimension, sets in crowd.items():
            for value, who in sets.items():
                gathered[dimension][value].append(who)
    return {
        dimension: {value: union(sets) for value, sets in by_value.items()}
        for dimension, by_value in gathered.items()
    }


def settle(sets: dict[str, BitMap], at_home: Iterable[BitMap]) -> None:
    """Leaves those alone in AWAY, of a union of crowds, who are in none of `at_home`."""
    still = sets.pop(AWAY)
    for who in at_home:
        still -= who
    _note_away(sets, still)


def travellers(crowd: Crowd) -> BitMap:
    """Who was elsewhere ever, or by any dimension. Of everybody else, their homes tell all."""
    guests = (guests_of(crowd, name).values() for name in PERSONAL)
    return union(chain.from_iterable(guests))


def shortened(crowd: Crowd, homes: Crowd) -> Sets:
    """A crowd that is told in full, without what follows from `homes`."""
    found: Sets = {}
    for dimension, sets in crowd.items():
        told = _elsewhere(sets, homes[dimension]) if dimension in PERSONAL else dict(sets)
        if told:
            found[dimension] = told
    return found


def in_full(crowd: Crowd, homes: Crowd, dimensions: Iterable[str]) -> Sets:
    """The people of each value of some dimensions; of those that `homes` has, crowd is short."""
    found: Sets = {}
    for dimension in dimensions:
        sets = found[dimension] = dict(crowd.get(dimension, {}))
        if dimension in homes:
            at_home = everybody(crowd) - sets.pop(AWAY, NOBODY)
            for value, theirs in homes[dimension].items() if at_home else ():
                if both := at_home & theirs:
                    sets[value] = sets[value] | both if value in sets else both
    return found


def among(crowd: Crowd, some: BitMap) -> Sets:
    """The crowd without anybody who is not in `some`."""
    return {
        dimension: {value: both for value, who in sets.items() if (both := who & some)}
        for dimension, sets in crowd.items()
    }


def without(crowd: Crowd, left: Crowd) -> Sets:
    """The crowd without whoever is in the same set of `left`; its sets stay, be they empty."""
    return {
        dimension: {
            value: who - left.get(dimension, {}).get(value, NOBODY) for value, who in sets.items()
        }
        for dimension, sets in crowd.items()
    }


def _elsewhere(sets: Mapping[str, BitMap], homes: Mapping[str, BitMap]) -> dict[str, BitMap]:
    found = {value: who - homes.get(value, NOBODY) for value, who in sets.items()}
    found = {value: guests for value, guests in found.items() if guests}
    guests = union(found.values())
    at_home = (who & guests & homes.get(value, NOBODY) for value, who in sets.items())
    if found:
        _note_away(found, guests - union(at_home))
    return found


def _note_away(sets: dict[str, BitMap], away: BitMap) -> None:
    if away:
        sets[AWAY] = away
