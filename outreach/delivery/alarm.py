"""Pauses a campaign of which too much fails, and tells a person; only a person lets it go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.delivery.lane import Lane
from outreach.delivery.rules import alarm
from outreach.delivery.rules.consequences import ALARMING
from outreach.delivery.stops import queries
from outreach.delivery.stops.notices import tell
from outreach.delivery.switches import turn_on
from outreach.kernel.clock import Clock
from outreach.store.engine import transaction


def watch(engine: Engine, clock: Clock, lane: Lane) -> list[str]:
    """Looks at the last minutes of every campaign of `lane`; returns the stops that it made."""
    now = clock.now()
    with transaction(engine) as connection:
        rows = queries.outcomes(connection, lane, now - alarm.WINDOW, ALARMING)
        loud = [row for row in rows if alarm.alarming(row.failed, row.total)]
        return [scope for row in loud if (scope := _pause(connection, lane, row, now))]


def _pause(connection: Connection, lane: Lane, row: queries.Outcomes, now: datetime) -> str:
    scope = f"campaign:{row.campaign_id}"
    let_go = queries.last_go(connection, scope)
    if let_go and let_go > now - alarm.WINDOW:
        # What failed before a person let it go on is known to them.
        since = queries.outcomes(connection, lane, let_go, ALARMING, row.campaign_id)
        again = [r for r in since if (r.channel, r.sender) == (row.channel, row.sender)]
        if not any(alarm.alarming(r.failed, r.total) for r in again):
            return ""
    minutes = int(alarm.WINDOW.total_seconds() // 60)
    detail = f"{row.failed} of {row.total} by {row.channel} failed in {minutes} minutes."
    if not turn_on(connection, scope, reason=detail, by="failure rate", now=now):
        return ""
    tell(connection, "failure_rate", scope, detail, now)
    return scope
