"""Alerts whoever is on duty where a clock ran out and nobody has looked; then the next, and so on.

What is alerted and how far it went are written together: a crash alerts nobody twice, and nobody
never.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.delivery.stops.notices import tell
from outreach.hotline.desk import Desk
from outreach.hotline.duty import queries
from outreach.hotline.duty.alerting import alert
from outreach.hotline.rules.escalation import (
    ALERT_AFTER,
    ALERT_UNTIL,
    CALL_BACK_AFTER,
    COVERED,
    GATHER,
    PAUSE,
    ROUNDS,
    STEP,
    Need,
    Phone,
    following,
)
from outreach.staff import roster
from outreach.store.engine import reading, transaction

_MOST = 200


@dataclass(frozen=True)
class _Step:
    """What becomes of one thing that waits: whom to alert now, and when to look at it again."""

    told: list[int]
    last_told: int | None
    rounds: int
    next_at: datetime | None
    alert: int | None = None


def escalate(desk: Desk) -> int:
    """Alerts where it is due; returns how many members of staff."""
    now = desk.clock.now()
    with reading(desk.engine) as connection:
        if not _due(connection, now):
            return 0
    with transaction(desk.engine) as connection:
        queries.turn(connection, now)
        staff = [helper for helper in roster.helpers(connection, now) if helper.reachable]
        phones = [
            Phone(h.id, h.name, h.languages, h.child_trained, h.leads, h.until is not None)
            for h in staff
        ]
        lately = queries.alerted(connection, now - GATHER)
        alerts: set[int] = set()
        for row in _due(connection, now):
            step = _step(row, phones, lately, now)
            queries.put_step(connection, _noted(row, step, now))
            if step.alert is not None:
                alerts.add(step.alert)
            _warn(connection, step, phones, now)
        alert(connection, alerts, now)
    return len(alerts)


def _due(connection: Connection, now: datetime) -> list[Row[Any]]:
    """What waits and has a step to take: whoever asked to be called first."""
    alerts = (now - ALERT_UNTIL, now - ALERT_AFTER)
    return [
        *queries.calls_due(connection, now - CALL_BACK_AFTER, now, _MOST),
        *queries.conversations_due(connection, now, _MOST),
        *queries.alerts_due(connection, *alerts, COVERED, now, _MOST),
    ]


def _step(
    row: Row[Any], phones: Sequence[Phone], lately: Mapping[int, datetime], now: datetime
) -> _Step:
    told, rounds = list(row.told or ()), row.rounds or 0
    number = following(Need(row.language, row.child, row.assigned_to), phones, told)
    if number is None:
        over = rounds + 1 >= ROUNDS
        return _Step([], None, rounds + 1, None if over else now + PAUSE)
    if number in lately:
        # Their phone says "look at the list" since a moment ago; again only if that did not help.
        return _Step(told, None, rounds, lately[number] + GATHER)
    return _Step([*told, number], number, rounds, now + STEP, alert=number)


def _noted(row: Row[Any], step: _Step, now: datetime) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "subject_id": row.subject_id,
        "due_at": row.due_at,
        "told": step.told,
        "last_told": step.last_told,
        "rounds": step.rounds,
        "began_at": row.began_at or now,
        "next_at": step.next_at,
    }


def _warn(connection: Connection, step: _Step, phones: Collection[Phone], now: datetime) -> None:
    """Leaves a notice for the operator where the roster or the numbers have a hole."""
    if not phones:
        tell(connection, "nobody_told", "hotline", "", now)
    elif step.alert is not None and not any(phone.on_duty for phone in phones):
        tell(connection, "nobody_on_duty", "hotline", "", now)
