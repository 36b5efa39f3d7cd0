"""The SQL of stopping broadcasts and of what they may cost; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select, update

from outreach.planning.audience.queries import CONTACTS, DELIVERIES
from outreach.planning.queries import BROADCASTS
from outreach.store import dialect
from outreach.store.listed import among, packed_values

_OPEN = ("pending", "leased", "trying")
_LEFT = ("opted_out", "declined", "forgotten")


def recalled(connection: Connection, ids: Collection[int]) -> Sequence[Any]:
    """Those of the deliveries whose person left, or whose broadcast was canceled, meanwhile."""
    d, c, b = DELIVERIES.c, CONTACTS.c, BROADCASTS.c
    query = (
        select(d.id, c.consent, b.state)
        .join(CONTACTS, c.id == d.contact_id)
        .join(BROADCASTS, b.id == d.broadcast_id)
        .where(among(d.id), or_(c.consent.in_(_LEFT), b.state == "canceled"))
    )
    return connection.execute(query, {"ids": packed_values(ids)}).all()


def cancel_broadcasts(connection: Connection, campaign_id: int) -> int:
    """Cancels a campaign's running broadcasts."""
    b = BROADCASTS.c
    statement = update(BROADCASTS).where(b.campaign_id == campaign_id, b.state == "running")
    return connection.execute(statement.values(state="canceled")).rowcount


def waiting_of_canceled(connection: Connection, limit: int) -> list[int]:
    """Deliveries of canceled broadcasts that nobody holds, locked. Broadcasts that were closed
    (`finished_at`) are not looked at again."""
    d, b = DELIVERIES.c, BROADCASTS.c
    query = (
        select(d.id)
        .join(BROADCASTS, b.id == d.broadcast_id)
        .where(b.state == "canceled", b.finished_at.is_(None), d.state == "pending")
    )
    return list(connection.execute(dialect.locked(connection, query.limit(limit))).scalars())


def close_canceled(connection: Connection, now: datetime) -> None:
    """Closes the canceled broadcasts of which nothing is open."""
    b, d = BROADCASTS.c, DELIVERIES.c
    is_open = exists().where(d.broadcast_id == b.id, d.state.in_(_OPEN))
    connection.execute(
        update(BROADCASTS)
        .where(b.state == "canceled", b.finished_at.is_(None), ~is_open)
        .values(finished_at=now)
    )
