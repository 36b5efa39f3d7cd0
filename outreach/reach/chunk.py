"""Gathers facts in memory into sums and sets by day, campaign, milestone and cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlalchemy import Row

from outreach.kernel.dimensions import NOT_ASKED
from outreach.reach.queries import Key
from outreach.reach.rules.milestones import (
    CONSENTED,
    DIMENSIONS,
    LEFT,
    LINKED,
    UNLINKED,
    Count,
    Happening,
    Link,
    Mark,
    Try,
    marks,
)

ZONE = ZoneInfo("Asia/Phnom_Penh")
NO_CAMPAIGN = 0
_OPPOSITE = {CONSENTED: LEFT, LEFT: CONSENTED, LINKED: UNLINKED, UNLINKED: LINKED}
PERSON = "person"
Cell = tuple[str, str]
ALL: Cell = ("all", "")
_NOBODY = BitMap()


def begin_of(day: date | None) -> datetime | None:
    """The first moment of a local day; None where it is open."""
    return datetime.combine(day, time.min, ZONE) if day else None


def end_of(day: date | None) -> datetime | None:
    """The first moment after a local day; None where it is open."""
    return begin_of(day + timedelta(days=1) if day else None)


class Sets:
    """Sets of ids by key; those of days gone by are kept as bytes, which take a fraction of it."""

    def __init__(self) -> None:
        self._open: dict[Key, BitMap] = {}
        self._packed: dict[Key, bytes] = {}

    def __iter__(self) -> Iterator[Key]:
        yield from self._open
        yield from self._packed

    def __getitem__(self, key: Key) -> BitMap:
        """The set of `key`, to be changed; empty where there was none."""
        found = self._open.get(key)
        if found is None:
            packed = self._packed.pop(key, None)
            found = self._open[key] = BitMap() if packed is None else BitMap.deserialize(packed)
        return found

    def pack(self, before: date) -> None:
        """Packs what lies before a day: facts come in nearly their order."""
        for key in [key for key in self._open if key[0] < before]:
            self._packed[key] = self._open.pop(key).serialize()

    def seen(self, key: Key) -> BitMap:
        """The set of `key`, to be read."""
        if key in self._packed:
            return BitMap.deserialize(self._packed[key])
        return self._open.get(key, _NOBODY)


@dataclass
class Chunk:
    """`joined` and `left` are changes to sets, applied to what is stored as (old - left) | joined:
    an id is in one of them at most per key, because a later fact undoes an earlier one."""

    counts: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    joined: Sets = field(default_factory=Sets)
    left: Sets = field(default_factory=Sets)
    _days: dict[tuple[int, int, int, int], date] = field(default_factory=dict)

    def take(self, facts: Iterable[Row[Any]]) -> None:
        """Takes in `facts`, in the ledger's order."""
        for fact in facts:
            for mark in _marks(
                fact.kind, fact.detail, fact.channel, fact.amount, fact.cost_micro, fact.currency
            ):
                self._mark(fact, mark)

    def pack(self, before: date) -> None:
        """Says that hardly any fact of the days before will come."""
        self.joined.pack(before)
        self.left.pack(before)

    def _mark(self, fact: Row[Any], mark: Mark) -> None:
        day, campaign = self._day(fact.at), fact.campaign_id or NO_CAMPAIGN
        if isinstance(mark, Link):
            self._join((day, campaign, mark.milestone, PERSON, fact.detail), fact.contact_id)
            return
        cells = _plain(fact) if mark.plain else _cells(fact)
        if isinstance(mark, Count):
            for dimension, value in cells:
                self.counts[day, campaign, mark.milestone, dimension, value] += mark.number
            return
        who = fact.attempt_id if isinstance(mark, Try) else fact.contact_id
        if who is None:  # a stranger's STOP
            return
        for dimension, value in cells:
            self._join((day, campaign, mark.milestone, dimension, value), who)

    def _join(self, key: Key, who: int) -> None:
        self.joined[key].add(who)
        opposite = _OPPOSITE.get(key[2])
        if opposite:
            self.left[key].discard(who)
            other = (key[0], key[1], opposite, key[3], key[4])
            self.left[other].add(who)
            self.joined[other].discard(who)

    def _day(self, at: datetime) -> date:
        """The local day. A zone's arithmetic is slow, so each hour is asked for once."""
        hour = (at.year, at.month, at.day, at.hour)
        if hour not in self._days:
            self._days[hour] = at.astimezone(ZONE).date()
        return self._days[hour]


@lru_cache(maxsize=4_096)
def _marks(
    kind: str, detail: str, channel: str, amount: int, cost_micro: int, currency: str
) -> Sequence[Mark]:
    return tuple(marks(Happening(kind, detail, channel, amount, cost_micro, currency)))


def _plain(fact: Row[Any]) -> Sequence[Cell]:
    """No dimensions; of help, the topic."""
    if fact.detail and fact.kind.startswith("help."):
        return ALL, ("topic", fact.detail)
    return (ALL,)


def _cells(fact: Row[Any]) -> Sequence[Cell]:
    # Joining has no channel: a table without its cell would tell it beside the total.
    return ALL, *((name, getattr(fact, name) or NOT_ASKED) for name in DIMENSIONS)
