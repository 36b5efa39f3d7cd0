"""What the shift before leaves open, and taking it over: the next worker confirms what they saw.

It shows nobody's number and no text. Conversations of whoever is not on duty any more get a new
worker; a child's only one who is trained for that (S15).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.hotline import queries as store
from outreach.hotline.desk import Desk
from outreach.hotline.duty import queries
from outreach.hotline.rules.escalation import COVERED
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict
from outreach.staff import roster
from outreach.store.engine import reading, transaction

_SHOWN = 100


@dataclass(frozen=True)
class OpenConversation:
    """One that is open. `left` says that whoever has it is not on duty any more."""

    id: str
    state: str
    child: bool
    assigned_to: str
    due_by: datetime | None
    last_in_at: datetime
    left: bool


@dataclass(frozen=True)
class OpenAlert:
    """Something that did not go as it should, and when; whose it was is not told."""

    id: int
    kind: str
    at: datetime


@dataclass(frozen=True)
class HandOver:
    """What is open: conversations, call-backs that wait or are being made, and alerts. `seen` names
    exactly this list; `taken_by` is who took over last, `taken_at` when."""

    conversations: tuple[OpenConversation, ...]
    calls: int
    alerts: tuple[OpenAlert, ...]
    seen: str
    taken_by: str
    taken_at: datetime | None


def hand_over(engine: Engine, clock: Clock) -> HandOver:
    """The list as it stands."""
    with reading(engine) as connection:
        return _listed(connection, clock.now())


def take_over(desk: Desk, by: str, seen: str, *, child_trained: bool) -> int:
    """Gives `by` the conversations of whoever is not on duty any more, and notes that they saw the
    list; returns how many. Raises Conflict where the list is another by now than the one that was
    `seen`: it has to be looked at again."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        queries.turn(connection, now)
        found = _listed(connection, now)
        if found.seen != seen:
            raise Conflict("The list has changed: look at it again.")
        left = {
            item.id: item
            for item in found.conversations
            if item.left and (child_trained or not item.child)
        }
        moved = queries.give(connection, left, {item.assigned_to for item in left.values()}, by)
        for public_id in sorted(left):
            store.audit(connection, by, "took over", public_id, now)
        counts = {
            "conversations": len(found.conversations),
            "calls": found.calls,
            "alerts": len(found.alerts),
        }
        queries.add_taken(connection, {"by": by, "at": now, "moved": moved, **counts})
    return moved


def see_alerts(desk: Desk, by: str, upto: int) -> int:
    """Notes that `by` has seen the alerts up to the one numbered `upto`: nobody is told of them any
    more. Returns how many there were."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        seen = queries.see_alerts(connection, upto, now)
        if seen:
            store.audit(connection, by, "saw alerts", f"up to {upto}", now)
    return seen


def _listed(connection: Connection, now: datetime) -> HandOver:
    gone = roster.gone(connection, now)
    conversations = tuple(
        OpenConversation(
            row.public_id,
            row.state,
            row.child,
            row.assigned_to,
            row.due_by,
            row.last_in_at,
            row.assigned_to in gone,
        )
        for row in queries.open_conversations(connection, _SHOWN)
    )
    calls = queries.open_calls(connection, now, _SHOWN)
    alerts = queries.open_alerts(connection, COVERED, _SHOWN)
    what = [
        [(item.id, item.assigned_to) for item in conversations],
        [row.id for row in calls],
        [row.id for row in alerts],
    ]
    last = queries.last_taken(connection)
    return HandOver(
        conversations,
        len(calls),
        tuple(OpenAlert(row.id, row.kind, row.at) for row in alerts),
        hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16],
        last.by if last else "",
        last.at if last else None,
    )
