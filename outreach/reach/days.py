"""Tells the ledger of days on which nothing happened: that too is known of them.

What is over is judged by the newest day known. After a quiet month the one before could not be
published until somebody was sent something.
"""

from __future__ import annotations

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.reach import queries
from outreach.reach.chunk import ZONE
from outreach.reach.rules.milestones import DAY_BEGAN
from outreach.store.engine import reading, transaction
from outreach.store.ledger import Fact, append


def note_day(engine: Engine, clock: Clock) -> bool:
    """Appends that the day began where it is not known yet, and some day before it is; whether it
    did. Twice is as good as once."""
    now = clock.now()
    # Looked at apart: SQLite has one writer, and nearly always there is nothing to write.
    with reading(engine) as connection:
        last = queries.last_day(connection)
    if last is None or last >= now.astimezone(ZONE).date():
        return False
    with transaction(engine) as connection:
        append(connection, [Fact(DAY_BEGAN, now)])
    return True
