"""Alerts members of staff: here whoever runs campaigns, when sending stopped by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from outreach.delivery.stops.queries import notices
from outreach.hotline.desk import Desk
from outreach.hotline.duty import queries
from outreach.hotline.rules.answer import ANSWER_WITHIN
from outreach.staff import roster
from outreach.staff.rules.roles import May
from outreach.store.engine import reading, transaction

# What stops sending until a person acts; other notices can wait for somebody to look.
_STOPPED = frozenset({"failure_rate", "budget", "gateway_refused", "harm"})
# What was on its way when it stopped tells of it again; only what stops later is news.
_SAME = timedelta(minutes=10)


def alert_managers(desk: Desk) -> int:
    """Alerts everybody who may run campaigns of what stopped and nobody has seen, once; returns how
    many."""
    with reading(desk.engine) as connection:
        if not _untold(connection):
            return 0
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        queries.turn(connection, now)
        staff = _untold(connection)
        alert(connection, staff, now)
    return len(staff)


def alert(connection: Connection, staff: Collection[int], now: datetime) -> None:
    """Queues an alert to each of `staff`."""
    channels = roster.channels(connection, staff)
    for number in sorted(staff):
        row = {
            "state": "pending",
            "reason": "",
            "channel": channels[number],
            "zone": "Asia/Phnom_Penh",
            "due_at": now,
            "expires_at": now + ANSWER_WITHIN,
            "attempts": 0,
            "updated_at": now,
            "staff_id": number,
        }
        queries.add_alert_delivery(connection, row)


def _untold(connection: Connection) -> set[int]:
    """Who may run campaigns and was not alerted of what stopped last."""
    stopped = [row.last_at for row in notices(connection, seen=False) if row.kind in _STOPPED]
    if not stopped:
        return set()
    told = queries.alerted(connection, max(stopped) - _SAME)
    return set(roster.reachable(connection, May.RUN_CAMPAIGNS)) - told.keys()
