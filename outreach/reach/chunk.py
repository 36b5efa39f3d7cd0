"""Gathers facts in memory into sums and sets by day, campaign, milestone and cell.

Facts that count alike on one campaign's day go together: what is done per fact is little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlalchemy import Row

from outreach.kernel.dimensions import NOT_ASKED
from outreach.reach.packing import Packed, pack, unpack
from outreach.reach.queries import CountKey, PeopleKey
from outreach.reach.rules.milestones import (
    DIMENSIONS,
    LINKED,
    OPPOSITE,
    UNLINKED,
    Count,
    Happening,
    Link,
    Mark,
    Try,
    marks,
)
from outreach.reach.rules.stretches import DAY
from outreach.store.ledger import FOLDED

ZONE = ZoneInfo("Asia/Phnom_Penh")
NO_CAMPAIGN = 0
_UNDOING = frozenset(("consent", LINKED, UNLINKED))
PERSON = "person"
Cell = tuple[str, str]
ALL: Cell = ("all", "")
# A fact's first columns say what it counts for; then who, and the dimensions.
_HEAD = FOLDED.index("currency") + 1
_CONTACT = itemgetter(FOLDED.index("contact_id"))
_ATTEMPT = itemgetter(FOLDED.index("attempt_id"))
_DIMENSIONS = tuple((name, itemgetter(FOLDED.index(name))) for name in DIMENSIONS)


def begin_of(day: date | None) -> datetime | None:
    """The first moment of a local day; None where it is open."""
    return datetime.combine(day, time.min, ZONE) if day else None


def end_of(day: date | None) -> datetime | None:
    """The first moment after a local day; None where it is open."""
    return begin_of(day + timedelta(days=1) if day else None)


def day_of(hour: int) -> date:
    """The local day of an hour since 1970."""
    return datetime.fromtimestamp(hour * 3_600, ZONE).date()


class Sets:
    """Sets of ids by row and value; rows of days gone by are kept as they will be stored, which
    takes a fraction of the memory."""

    def __init__(self) -> None:
        self._open: dict[PeopleKey, dict[str, BitMap]] = {}
        self._packed: dict[PeopleKey, Packed] = {}

    def __getitem__(self, key: PeopleKey) -> dict[str, BitMap]:
        """The sets of a row by value, to be changed; none where there was none."""
        found = self._open.get(key)
        if found is None:
            packed = self._packed.pop(key, None)
            found = self._open[key] = {} if packed is None else unpack(packed)
        return found

    def add(self, key: PeopleKey, value: str, who: BitMap) -> None:
        """Takes `who` in."""
        sets = self[key]
        if value in sets:
            sets[value] |= who
        else:
            sets[value] = who.copy()

    def remove(self, key: PeopleKey, value: str, who: BitMap) -> None:
        """Takes `who` out; the set is there then, be it empty."""
        sets = self[key]
        sets[value] = sets.get(value, BitMap()) - who

    def pack(self, before: date | None = None) -> None:
        """Packs what lies before a day, or all: facts come in nearly their order."""
        for key in [key for key in self._open if before is None or key.day < before]:
            self._packed[key] = pack(self._open.pop(key))

    def packed(self) -> Mapping[PeopleKey, Packed]:
        """All rows as they are stored."""
        self.pack()
        return self._packed


@dataclass(frozen=True, eq=False, slots=True)
class _Lot:
    """What facts have in common that count alike; `about` is a topic or a person."""

    day: date
    campaign: int
    marks: Sequence[Mark]
    about: str
    undoes: bool


@dataclass
class Chunk:
    """`joined` and `left` are changes to sets, applied to what is stored as (old - left) | joined:
    an id is in one of them at most per set, because a later fact undoes an earlier one. What is in
    `left` is in `joined` too, be it an empty set."""

    counts: dict[CountKey, int] = field(default_factory=lambda: defaultdict(int))
    joined: Sets = field(default_factory=Sets)
    left: Sets = field(default_factory=Sets)

    def take(self, facts: Sequence[Row[Any]]) -> None:
        """Takes in `facts`, in the ledger's order."""
        lots: dict[_Lot, list[Row[Any]]] = defaultdict(list)
        latest: _Lot | None = None
        for fact in facts:
            lot = _lot(fact[:_HEAD])
            # Of what undoes an earlier fact only neighbours go together.
            if lot.undoes and lot is not latest:
                if latest:
                    self._gather(latest, lots.pop(latest))
                latest = lot
            lots[lot].append(fact)
        for lot, alike in lots.items():
            self._gather(lot, alike)

    def pack(self, before: date) -> None:
        """Says that hardly any fact of the days before will come."""
        self.joined.pack(before)
        self.left.pack(before)

    def _gather(self, lot: _Lot, facts: Sequence[Row[Any]]) -> None:
        counted = {mark.plain for mark in lot.marks if isinstance(mark, Count)}
        numbers = {plain: _numbers(lot, facts, plain=plain) for plain in counted}
        for mark in lot.marks:
            if isinstance(mark, Count):
                for (dimension, value), number in numbers[mark.plain].items():
                    key = (lot.day, lot.campaign, mark.milestone, dimension, value)
                    self.counts[key] += number * mark.number
                continue
            id_of = _ATTEMPT if isinstance(mark, Try) else _CONTACT
            # A stranger's STOP has no contact. In order, a set takes them in four times as fast.
            of_someone = sorted((f for f in facts if id_of(f) is not None), key=id_of)
            ids = [*map(id_of, of_someone)]
            if isinstance(mark, Link):
                self._join(lot, mark.milestone, {(PERSON, lot.about): ids})
            elif ids:
                plain = dict.fromkeys(_plain(lot), ids)
                cells = plain if mark.plain else _people(of_someone, ids)
                self._join(lot, mark.milestone, cells)

    def _join(self, lot: _Lot, milestone: str, cells: Mapping[Cell, Sequence[int]]) -> None:
        opposite = OPPOSITE.get(milestone)
        for (dimension, value), ids in cells.items():
            key, who = PeopleKey(DAY, lot.day, lot.campaign, milestone, dimension), BitMap(ids)
            self.joined.add(key, value, who)
            if opposite:
                other = key._replace(milestone=opposite)
                self.joined.remove(other, value, who)
                self.left.remove(key, value, who)
                self.left.add(other, value, who)


@lru_cache(maxsize=16_384)
def _lot(head: tuple[Any, ...]) -> _Lot:
    hour, campaign, kind, detail, *what = head
    about = detail if kind.startswith(("help.", "person.")) else ""
    found = _marks(Happening(kind, detail, *what))
    return _same_lot(day_of(hour), campaign or NO_CAMPAIGN, found, about, kind in _UNDOING)


# By identity the same: what tells two lots apart is looked at once per head, not once per fact.
_same_lot = lru_cache(maxsize=16_384)(_Lot)


@lru_cache(maxsize=4_096)
def _marks(happening: Happening) -> Sequence[Mark]:
    return tuple(marks(happening))


def _plain(lot: _Lot) -> Sequence[Cell]:
    """No dimensions; of help, the topic."""
    return (ALL, ("topic", lot.about)) if lot.about else (ALL,)


def _numbers(lot: _Lot, facts: Sequence[Row[Any]], *, plain: bool) -> Mapping[Cell, int]:
    if plain:
        return dict.fromkeys(_plain(lot), len(facts))
    cells = {ALL: len(facts)}
    for name, value_of in _DIMENSIONS:
        for value, number in Counter(map(value_of, facts)).items():
            cell = (name, value or NOT_ASKED)
            cells[cell] = cells.get(cell, 0) + number
    return cells


def _people(facts: Sequence[Row[Any]], ids: Sequence[int]) -> Mapping[Cell, Sequence[int]]:
    # Joining has no channel: a table without its cell would tell it beside the total.
    cells: dict[Cell, Sequence[int]] = {ALL: ids}
    for name, value_of in _DIMENSIONS:
        found: dict[str, list[int]] = defaultdict(list)
        for value, who in zip(map(value_of, facts), ids, strict=True):
            found[value or NOT_ASKED].append(who)
        cells |= {(name, value): who for value, who in found.items()}
    return cells
