"""What is asked every second reads an index, however much waits: the databases' own plans."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from outreach.delivery import queries
from outreach.planning.lane import NAME
from outreach.planning.queries import finish_broadcasts
from outreach.store.engine import transaction


@contextmanager
def plans(engine):
    """The plans of every statement on `delivery` that runs in the block."""
    found: list[str] = []
    explain = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "

    def note(_connection, cursor, statement, parameters, _context, _many):
        if "delivery" in statement and not statement.startswith("EXPLAIN"):
            cursor.execute(explain + statement, parameters)
            found.append(" ".join(str(row) for row in cursor.fetchall()))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


_SLOW = re.compile(r"SCAN delivery\b|Seq Scan on delivery\b|TEMP B-TREE")
_ROWS = """
INSERT INTO delivery (broadcast_id, campaign_id, contact_id, language, state, reason, channel, zone,
                      due_at, expires_at, attempts, updated_at)
SELECT i % 4, 1 + i % 4, i, 'km', CASE WHEN i % 9 = 0 THEN 'done' ELSE 'pending' END, '', 'sms', '',
       now(), now() + interval '2 days', 0, now()
FROM generate_series(1, 20000) AS i
"""


@pytest.fixture
def lane(runtime):
    """The broadcasts' lane. PostgreSQL plans by what is there, so there it is filled."""
    if not runtime.alone:
        with transaction(runtime.engine) as connection:
            connection.execute(text(_ROWS))
            connection.execute(text("ANALYZE delivery"))
    return next(lane for lane in runtime.lanes if lane.name == NAME)


def ask(what, connection, lane, now):
    asked = {
        "claim": lambda: queries.lease(connection, lane, "sms", 1, 500, "w", now, now),
        "campaigns": lambda: queries.hungry(connection, lane, "sms", set(), now),
        "overdue": lambda: queries.overdue(connection, lane, now, 200),
        "reclaim": lambda: queries.reclaim(connection, lane, now),
        "finish": lambda: finish_broadcasts(connection, now),
    }
    asked[what]()


@pytest.mark.parametrize(
    ("what", "index"),
    [
        ("claim", "ix_delivery_claim"),
        ("campaigns", "ix_delivery_claim"),
        ("overdue", "ix_delivery_expiry"),
        ("reclaim", "ix_delivery_"),
        ("finish", "ix_delivery_open"),
    ],
)
def test_what_is_asked_every_second_reads_an_index_made_for_it(runtime, lane, what, index):
    with transaction(runtime.engine) as connection, plans(runtime.engine) as found:
        ask(what, connection, lane, runtime.clock.now())
    assert index in found[0], found
    assert not [plan for plan in found if _SLOW.search(plan)]
