"""Folds the ledger's new facts into sums and sets; the same whether in one go or in many.

Each chunk is one transaction with its checkpoint: a folder that dies has folded a fact once or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlalchemy import Connection, Engine, Row

from outreach.reach import queries
from outreach.reach.queries import Key
from outreach.reach.rules.milestones import CONSENTED, DIMENSIONS, LEFT, Count, marks
from outreach.store.engine import transaction
from outreach.store.ledger import facts_after, settled

CHUNK = 20_000
_ZONE = ZoneInfo("Asia/Phnom_Penh")
_NO_CAMPAIGN = 0
_OPPOSITE = {CONSENTED: LEFT, LEFT: CONSENTED}


def fold(engine: Engine) -> int:
    """Folds every settled fact that isn't folded yet; returns how many."""
    with transaction(engine) as connection:
        upto = settled(connection)
    if upto is None:
        return 0
    total = 0
    while True:
        with transaction(engine) as connection:
            done = queries.checkpoint(connection)
            facts = facts_after(connection, done, upto, CHUNK) if done < upto else []
            if not facts:
                return total
            _fold(connection, facts)
            queries.set_checkpoint(connection, facts[-1].id)
        total += len(facts)


def rebuild(engine: Engine) -> int:
    """Forgets what was folded and folds the whole ledger again; returns how many facts."""
    with transaction(engine) as connection:
        queries.checkpoint(connection)
        queries.wipe(connection)
    return fold(engine)


@dataclass
class _Chunk:
    """`joined` and `left` are changes to sets, applied in this order: a contact is in one at most
    per key, because a later fact of the chunk undoes an earlier one."""

    counts: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    joined: dict[Key, BitMap] = field(default_factory=lambda: defaultdict(BitMap))
    left: dict[Key, BitMap] = field(default_factory=lambda: defaultdict(BitMap))


def _fold(connection: Connection, facts: Sequence[Row[Any]]) -> None:
    chunk = _Chunk()
    days = _Days()
    for fact in facts:
        day, campaign = days.of(fact.at), fact.campaign_id or _NO_CAMPAIGN
        for mark in marks(fact.kind, fact.detail, fact.amount, fact.cost_micro):
            for dimension, value in _cells(fact, isinstance(mark, Count) and mark.plain):
                key = (day, campaign, mark.milestone, dimension, value)
                if isinstance(mark, Count):
                    chunk.counts[key] += mark.number
                elif fact.contact_id is not None:
                    _join(chunk, key, fact.contact_id)
    queries.add_counts(connection, chunk.counts)
    _put(connection, chunk)


def _join(chunk: _Chunk, key: Key, contact_id: int) -> None:
    chunk.joined[key].add(contact_id)
    chunk.left[key].discard(contact_id)
    opposite = _OPPOSITE.get(key[2])
    if opposite:
        other = (key[0], key[1], opposite, key[3], key[4])
        chunk.left[other].add(contact_id)
        chunk.joined[other].discard(contact_id)


def _put(connection: Connection, chunk: _Chunk) -> None:
    keys = list({*chunk.joined, *chunk.left})
    stored = queries.people(connection, keys)
    fresh = {}
    for key in keys:
        old = BitMap.deserialize(stored[key]) if key in stored else BitMap()
        fresh[key] = ((old - chunk.left[key]) | chunk.joined[key]).serialize()
    queries.put_people(connection, fresh)


def _cells(fact: Row[Any], plain: bool) -> Iterator[tuple[str, str]]:
    yield "all", ""
    if plain:
        if fact.detail and fact.kind.startswith("help."):
            yield "topic", fact.detail
        return
    for dimension in DIMENSIONS:
        yield dimension, getattr(fact, dimension)


class _Days:
    """The local day of a moment; a zone's arithmetic is slow, so an hour is asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int, int], date] = {}

    def of(self, at: datetime) -> date:
        hour = (at.year, at.month, at.day, at.hour)
        if hour not in self._known:
            self._known[hour] = at.astimezone(_ZONE).date()
        return self._known[hour]
