"""Redacts help conversations once they are old (S20): the rows stay, without words or numbers.

In small batches, each its own transaction, so that no text waits for it; what is redacted is not
found again, so it may stop anywhere, and be done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from outreach.hotline.menu import queries as menu
from outreach.hotline.retention import queries
from outreach.kernel.clock import Clock
from outreach.store.engine import transaction

BATCH = 500

Find = Callable[[Connection, datetime, int], Sequence[int]]
Empty = Callable[[Connection, Sequence[int]], None]
_KINDS: tuple[tuple[Find, Empty], ...] = (
    (queries.old_texts, queries.empty_texts),
    (queries.old_answers, queries.empty_answers),
    (queries.old_calls, queries.empty_calls),
    (queries.old_notes, queries.empty_notes),
    (queries.old_conversations, queries.empty_conversations),
)


def redact(engine: Engine, clock: Clock, keep: timedelta, limit: int = BATCH) -> int:
    """Redacts up to `limit` rows of each kind that are older than `keep`; returns how many there
    were: 0 when it is done."""
    before, done = clock.now() - keep, 0
    for find, empty in _KINDS:
        with transaction(engine) as connection:
            ids = find(connection, before, limit)
            empty(connection, ids)
        done += len(ids)
    with transaction(engine) as connection:
        done += menu.forget_before(connection, before, limit)
        done += queries.forget_join_calls(connection, before, limit)
    return done
