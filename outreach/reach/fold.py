"""Folds the ledger's new facts into sums and sets; the same whether in one go or in many.

Each chunk is one transaction with its checkpoint: a folder that dies has folded a fact once or not,
into its day and its month alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.reach import queries
from outreach.reach.chunk import Chunk, day_of
from outreach.reach.crowds import Crowd, together, without
from outreach.reach.homes.learning import Homes, blocks_of, contacts_in
from outreach.reach.homes.queries import homes, put_homes
from outreach.reach.months import months
from outreach.reach.packing import PackedCrowd, pack_crowd, unpack_crowd
from outreach.store.engine import reading, transaction
from outreach.store.ledger import facts_after, newest, settled

CHUNK = 20_000
_BATCH = 200
# A rebuild packs what is older than this beside the newest fact.
_LATE = timedelta(days=2)


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


def behind(engine: Engine) -> bool:
    """Whether there are facts that aren't folded yet."""
    with reading(engine) as connection:
        return newest(connection) > queries.folded_upto(connection)


def rebuild(engine: Engine) -> int:
    """Folds the whole ledger again in place of what was folded; returns how many facts.

    The new figures grow in memory (no larger than the tables that they become) and replace the old
    ones in one transaction: nobody ever sees a half of them, or a zero.
    """
    upto, total, chunk = _horizon(engine), 0, Chunk()
    after = 0
    while True:
        with reading(engine) as connection:
            facts = facts_after(connection, after, upto, CHUNK)
        if not facts:
            break
        chunk.take(facts)
        chunk.pack(before=day_of(facts[-1].hour) - _LATE)
        after, total = facts[-1].id, total + len(facts)
        del facts  # before the next ones come
    with transaction(engine) as connection:
        queries.checkpoint(connection)
        queries.wipe(connection)
        days = chunk.joined.packed()
        put_homes(connection, chunk.homes.learned())
        queries.fill(connection, chunk.counts.numbers(), chain(days.items(), months(days)))
        queries.set_checkpoint(connection, after)
    return total


def _horizon(engine: Engine) -> int:
    """Up to where the ledger is settled. What was folded once is, even while somebody appends."""
    with transaction(engine) as connection:
        done = queries.checkpoint(connection)
        return settled(connection) or done


def _fold(connection: Connection, facts: Sequence[Row[Any]]) -> None:
    chunk = Chunk(Homes(homes(connection, blocks_of(contacts_in(facts)))))
    chunk.take(facts)
    queries.add_counts(connection, chunk.counts.numbers())
    put_homes(connection, chunk.homes.learned())
    days = chunk.joined.packed()
    changes = iter([*days.items(), *months(days)])
    while batch := dict(islice(changes, _BATCH)):
        stored = queries.people(connection, list(batch))
        fresh = {
            key: _changed(stored[key], joined, chunk.left[key]) if key in stored else joined
            for key, joined in batch.items()
        }
        queries.put_people(connection, fresh)


def _changed(stored: PackedCrowd, joined: PackedCrowd, left: Crowd) -> PackedCrowd:
    stayed = without(unpack_crowd(stored), left)
    return pack_crowd(together((stayed, unpack_crowd(joined))))
