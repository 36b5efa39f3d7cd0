"""Fires what is due and plans it: one INSERT … SELECT per chunk, each its own transaction.

A planner that dies leaves its cursor behind; the next one goes on from there, and the pair
(broadcast, contact) is unique, so nobody is planned twice or skipped.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.ids import public_id
from outreach.planning import queries
from outreach.planning.audience import queries as audience
from outreach.planning.schedule import next_firing
from outreach.store.engine import reading, transaction

CHUNK = 5_000
_DONE = -1


def fire_due(engine: Engine, clock: Clock) -> int:
    """Starts a broadcast for every schedule that is due; returns how many."""
    now = clock.now()
    with transaction(engine) as connection:
        due = queries.due_schedules(connection, now)
        for row in due:
            queries.add_broadcast(
                connection,
                {
                    "public_id": public_id("br"),
                    "campaign_id": row.campaign_id,
                    "state": "running",
                    "cursor": 0,
                    "due_at": row.next_at,
                    "started_at": now,
                },
            )
            following = next_firing(row.kind, row.rule, row.zone, now)
            queries.set_next(connection, row.id, following)
    return len(due)


def plan(engine: Engine, clock: Clock) -> int:
    """Plans one chunk of every broadcast that isn't planned whole; returns the deliveries made."""
    made = 0
    with transaction(engine) as connection:
        unplanned = queries.unplanned(connection)
    for row in unplanned:
        now = clock.now()
        with transaction(engine) as connection:
            upto = audience.chunk_end(connection, row.cursor, CHUNK)
            if upto is not None:
                expires = row.started_at + timedelta(hours=row.expires_hours)
                made += audience.plan_chunk(connection, row, upto, now, expires)
            queries.set_cursor(connection, row.id, _DONE if upto is None else upto)
    return made


def unplanned(engine: Engine) -> bool:
    """Whether a broadcast isn't planned whole."""
    with reading(engine) as connection:
        return bool(queries.unplanned(connection))


def finish(engine: Engine, clock: Clock) -> int:
    """Closes the broadcasts of which no delivery is open; returns how many."""
    with transaction(engine) as connection:
        return queries.finish_broadcasts(connection, clock.now())
