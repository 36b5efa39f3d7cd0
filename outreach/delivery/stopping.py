"""Takes deliveries out of the queue for good, at once: a STOP (S14), a rule, a cancellation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from outreach.delivery import queries
from outreach.delivery.lane import Held, Lane
from outreach.delivery.moves import queries as batch
from outreach.delivery.rules.states import DeliveryState


def suppress_contact(
    connection: Connection, lane: Lane, contact_id: int, reason: str, now: datetime
) -> int:
    """Suppresses what has not left yet for `contact_id`; returns how many."""
    rows = queries.waiting_of_contact(connection, lane, contact_id)
    held = [Held(row.id, DeliveryState.SUPPRESSED, reason) for row in rows]
    hold(connection, lane, held, now)
    return len(held)


def take_hold(connection: Connection, lane: Lane, contact_ids: Collection[int]) -> None:
    """To be done before several contacts are suppressed in one transaction, and before it locks
    any of them: so a sender that has another's delivery already is never waited for in a circle."""
    if contact_ids:
        queries.lock_waiting(connection, lane, contact_ids)


def hold(connection: Connection, lane: Lane, held: Sequence[Held], now: datetime) -> None:
    """Ends deliveries that must not go; their rows are the caller's, or locked by it."""
    batch.set_deliveries(
        connection,
        lane,
        [
            {
                "b_id": item.delivery_id,
                "state": item.state,
                "reason": item.reason,
                "updated_at": now,
            }
            for item in held
        ],
    )
    if held:
        lane.ended(connection, held, now)
