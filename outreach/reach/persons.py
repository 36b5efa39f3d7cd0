"""Counts persons where contacts are known to be one person's numbers, else contacts (REACH.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from pyroaring import BitMap
from sqlalchemy import Connection

from outreach.reach import queries
from outreach.reach.chunk import NO_CAMPAIGN, PERSON
from outreach.reach.crowds import union
from outreach.reach.rules.milestones import LINKED, UNLINKED
from outreach.reach.rules.stretches import in_days


class Persons:
    """Which contacts are whose numbers, as far as is known on one day."""

    def __init__(self, groups: Mapping[str, BitMap]) -> None:
        self._of = {contact: person for person, group in groups.items() for contact in group}
        self._linked = BitMap(self._of)

    def count(self, contacts: BitMap) -> int:
        """How many persons `contacts` are; a number that is not linked is one of its own."""
        return self.count_met([(contacts, contacts)])

    def count_met(self, meetings: Collection[tuple[BitMap, BitMap]]) -> int:
        """The same of the contacts in both sets of a pair; nobody is in two pairs."""
        linked = union(some & self._linked & also for some, also in meetings)
        contacts = sum(some.intersection_cardinality(also) for some, also in meetings)
        return contacts - len(linked) + len({self._of[contact] for contact in linked})


def read(connection: Connection, until: date | None) -> Persons:
    """The links that held at the end of `until` (None: all days), whichever the campaign."""
    groups: dict[str, BitMap] = defaultdict(BitMap)
    days: dict[tuple[date, str], dict[str, BitMap]] = defaultdict(dict)
    rows = queries.bitmaps(
        connection, (LINKED, UNLINKED), (NO_CAMPAIGN,), in_days(None, until), (PERSON,)
    )
    for row in rows:
        for person, who in row.by_value.items():
            days[row.key.day, person][row.key.milestone] = who
    for (_, person), changes in sorted(days.items()):
        left = groups[person] - changes.get(UNLINKED, BitMap())
        groups[person] = left | changes.get(LINKED, BitMap())
    return Persons(groups)
