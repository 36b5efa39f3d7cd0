"""Joins the days of a month, so that a question over a year reads a month of a campaign at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from outreach.reach.crowds import together
from outreach.reach.packing import PackedCrowd, pack_crowd, unpack_crowd
from outreach.reach.queries import PeopleKey
from outreach.reach.rules.milestones import OPPOSITE
from outreach.reach.rules.stretches import MONTH


def months(days: Mapping[PeopleKey, PackedCrowd]) -> Iterator[tuple[PeopleKey, PackedCrowd]]:
    """Each month of a campaign and milestone: whoever is in one of its days.

    There is none of what can be undone, because then the days' order counts.
    """
    lasting = (key for key in days if key.milestone not in OPPOSITE)
    for month, same in groupby(sorted(lasting, key=_whole), _whole):
        yield month, pack_crowd(together([unpack_crowd(days[key]) for key in same]))


def _whole(day: PeopleKey) -> PeopleKey:
    return day._replace(span=MONTH, day=day.day.replace(day=1))
