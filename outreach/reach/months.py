"""Joins the days of a month, so that a question over a year reads a month of a campaign at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from pyroaring import BitMap

from outreach.reach.packing import Packed, pack, unpack
from outreach.reach.queries import PeopleKey
from outreach.reach.rules.milestones import OPPOSITE
from outreach.reach.rules.stretches import MONTH


def months(days: Mapping[PeopleKey, Packed]) -> Iterator[tuple[PeopleKey, Packed]]:
    """Each month of a campaign, milestone and dimension: whoever is in one of its days.

    There is none of what can be undone, because then the days' order counts.
    """
    lasting = (key for key in days if key.milestone not in OPPOSITE)
    for month, same in groupby(sorted(lasting, key=_whole), _whole):
        yield month, _joined(days[key] for key in same)


def _whole(day: PeopleKey) -> PeopleKey:
    return day._replace(span=MONTH, day=day.day.replace(day=1))


def _joined(days: Iterable[Packed]) -> Packed:
    found: dict[str, list[BitMap]] = defaultdict(list)
    for day in days:
        for value, who in unpack(day).items():
            found[value].append(who)
    return pack({value: BitMap.union(*sets) for value, sets in found.items()})
