"""Takes a contact's waiting deliveries out of the queue, at once (S14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from outreach.delivery import queries
from outreach.delivery.lane import Held, Lane
from outreach.delivery.rules.states import DeliveryState


def suppress_contact(
    connection: Connection, lane: Lane, contact_id: int, reason: str, now: datetime
) -> int:
    """Suppresses what has not left yet for `contact_id`; returns how many."""
    rows = queries.waiting_of_contact(connection, lane, contact_id)
    state = DeliveryState.SUPPRESSED
    queries.set_deliveries(
        connection,
        lane,
        [{"b_id": r.id, "state": state, "reason": reason, "updated_at": now} for r in rows],
    )
    if rows:
        lane.ended(connection, [Held(row.id, state, reason) for row in rows], now)
    return len(rows)
