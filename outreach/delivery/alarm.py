"""Pauses a campaign of which too much fails, and tells a person; only a person lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
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
    """Looks at the last minutes of every campaign of `lane`; returns the stops that it made.

    Costs by what failed, up to a bound: not by how much is sent.
    """
    now = clock.now()
    with transaction(engine) as connection:
        loud = _loud(connection, lane, now - alarm.WINDOW)
        return [
            scope for row, total in loud if (scope := _pause(connection, lane, row, total, now))
        ]


def _loud(
    connection: Connection, lane: Lane, since: datetime
) -> Iterator[tuple[queries.Failing, int]]:
    """Of what too much failed after `since`, and of how many attempts."""
    since = queries.newest_failures(connection, lane, since, alarm.MOST)
    for row in queries.failing(connection, lane, since, ALARMING):
        if enough := alarm.harmless(row.failed):
            total = queries.said(connection, lane, since, ALARMING, row, enough)
            if alarm.alarming(row.failed, total):
                yield row, total


def _pause(
    connection: Connection, lane: Lane, row: queries.Failing, total: int, now: datetime
) -> str:
    scope = f"campaign:{row.campaign_id}"
    let_go = queries.last_go(connection, scope)
    # What failed before a person let it go on is known to them.
    if let_go and let_go > now - alarm.WINDOW:
        again = {found[:3] for found, _ in _loud(connection, lane, let_go)}
        if row[:3] not in again:
            return ""
    minutes = int(alarm.WINDOW.total_seconds() // 60)
    detail = f"{row.failed} of {total} by {row.channel} failed in {minutes} minutes."
    if not turn_on(connection, scope, reason=detail, by="failure rate", now=now):
        return ""
    tell(connection, "failure_rate", scope, detail, now)
    return scope
