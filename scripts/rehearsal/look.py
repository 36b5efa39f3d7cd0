"""Reads the rehearsal's database from outside, as an auditor would: plain SQL, nothing written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from outreach.store.engine import reading

_STATES = "SELECT state, count(*) AS n FROM delivery GROUP BY state"
# Whatever of ours moves by itself within seconds: what is due, and requests under way. What the
# network still has to report is the network's to say.
_BUSY = """
SELECT (SELECT count(*) FROM broadcast WHERE cursor >= 0 AND state = 'running')
     + (SELECT count(*) FROM schedule WHERE next_at <= :now)
     + (SELECT count(*) FROM delivery
        WHERE state = 'leased' OR (state = 'pending' AND due_at <= :now))
     + (SELECT count(*) FROM help_delivery WHERE state IN ('pending', 'leased'))
     + (SELECT count(*) FROM attempt WHERE state = 'submitting')
     + (SELECT count(*) FROM help_attempt WHERE state = 'submitting')
"""
_NEXT = """
SELECT min(at) FROM (
    SELECT min(due_at) AS at FROM delivery WHERE state = 'pending'
    UNION ALL
    SELECT min(horizon_at) FROM attempt WHERE state IN ('submitted', 'sent', 'ringing', 'answered')
    UNION ALL
    SELECT min(horizon_at) FROM help_attempt WHERE state IN ('submitted', 'sent')
    UNION ALL
    SELECT min(next_at) FROM schedule
)
"""
_ATTEMPTS = """
SELECT a.sid, a.state, a.channel, a.delivery_id, a.id, 'broadcast' AS lane FROM attempt a
UNION ALL
SELECT h.sid, h.state, h.channel, -h.delivery_id, h.id, 'answer' FROM help_attempt h
"""
_AFTER_STOP = """
SELECT a.submitting_at AS begun, o.at AS said FROM attempt a
JOIN delivery d ON d.id = a.delivery_id
JOIN contact c ON c.id = d.contact_id
JOIN opt_out o ON o.number_key = c.number_key
WHERE a.submitting_at > o.at AND o.ended_at IS NULL
  AND coalesce(a.error_code, '') <> 'withdrawn'  -- recorded, and surely never left
"""


@dataclass(frozen=True)
class Attempted:
    """One try, as the system claims it. Answers have negative delivery ids, to keep them apart."""

    sid: str | None
    state: str
    channel: str
    delivery_id: int
    id: int


def states(engine: Engine) -> Mapping[str, int]:
    """The broadcast's deliveries by state."""
    with reading(engine) as connection:
        return {row.state: row.n for row in connection.execute(text(_STATES))}


def busy(engine: Engine, now: datetime) -> int:
    """How many things are under way and will move without the clock being put on."""
    with reading(engine) as connection:
        return int(connection.execute(text(_BUSY), {"now": _stored(now)}).scalar_one())


def next_event(engine: Engine) -> datetime | None:
    """When something is due again: a retry, the opening of a window, a horizon."""
    with reading(engine) as connection:
        found: datetime | str | None = connection.execute(text(_NEXT)).scalar_one()
    return None if found is None else _moment(found)


def attempts(engine: Engine) -> list[Attempted]:
    """Every attempt of both lanes, in the order in which they were made."""
    with reading(engine) as connection:
        rows = connection.execute(text(_ATTEMPTS)).all()
    found = [Attempted(row.sid, row.state, row.channel, row.delivery_id, row.id) for row in rows]
    return sorted(found, key=lambda item: item.id)


def sent_after_stop(engine: Engine, within: timedelta = timedelta(0)) -> int:
    """Campaign messages that were begun after their person had said STOP. Where hooks and senders
    are several processes one may be recorded just while the other commits: `within` that."""
    with reading(engine) as connection:
        rows = connection.execute(text(_AFTER_STOP)).all()
    return sum(_moment(row.begun) - _moment(row.said) > within for row in rows)


def count(engine: Engine, query: str, **values: Any) -> int:
    """The one number that `query` gives."""
    with reading(engine) as connection:
        return int(connection.execute(text(query), values).scalar_one())


def _moment(found: datetime | str) -> datetime:
    # PostgreSQL knows moments, SQLite tells them as text.
    return datetime.fromisoformat(found).replace(tzinfo=UTC) if isinstance(found, str) else found


def _stored(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def column(engine: Engine, query: str) -> list[str]:
    """The one column that `query` gives."""
    with reading(engine) as connection:
        return [str(value) for value in connection.execute(text(query)).scalars()]


def tried(engine: Engine) -> int:
    """How many of the broadcast's attempts were made so far."""
    return count(engine, "SELECT count(*) FROM attempt")
