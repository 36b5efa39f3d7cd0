"""The SQL of alerts to staff and of shifts; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from outreach.hotline.duty.tables import (
    AlertAttempt,
    AlertDelivery,
    AlertReceipt,
    Escalation,
    ShiftTaken,
)
from outreach.hotline.inbox.queries import CONVERSATIONS
from outreach.hotline.queries import ALERTS, CALL_BACKS, CURSORS
from outreach.hotline.rules.conversation import OPEN
from outreach.store.dialect import insert, locked
from outreach.store.types import table_of

DELIVERIES = table_of(AlertDelivery)
ATTEMPTS = table_of(AlertAttempt)
RECEIPTS = table_of(AlertReceipt)
ESCALATIONS = table_of(Escalation)
TAKEN = table_of(ShiftTaken)

CONVERSATION, CALL, ALERT = "conversation", "call", "alert"
_TURN = "escalation"


def turn(connection: Connection, now: datetime) -> None:
    """Keeps others who alert staff away until the transaction ends; SQLite has one writer."""
    row = insert(connection, CURSORS).values(name=_TURN, seen_until=now)
    connection.execute(row.on_conflict_do_nothing())
    connection.execute(locked(connection, select(CURSORS).where(CURSORS.c.name == _TURN)))


def conversations_due(connection: Connection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Conversations whose clock ran out and of which the next is to be alerted."""
    c = CONVERSATIONS.c
    waits = and_(c.state.in_([stage.value for stage in OPEN]), c.due_by <= now)
    needs = (c.language, c.child, c.assigned_to)
    return _due(connection, CONVERSATIONS, CONVERSATION, c.due_by, waits, needs, now, limit)


def calls_due(
    connection: Connection, asked_by: datetime, now: datetime, limit: int
) -> Sequence[Row[Any]]:
    """The same of call-backs that were asked for at `asked_by` or before, that nobody took, and
    that may still be made."""
    c, v = CALL_BACKS.c, CONVERSATIONS.c
    waits = and_(c.state == "waiting", c.due_by > now, c.asked_at <= asked_by)
    whose = CALL_BACKS.outerjoin(CONVERSATIONS, v.number_key == c.number_key)
    needs = (
        func.coalesce(v.language, "").label("language"),
        func.coalesce(v.child, false()).label("child"),
        func.coalesce(v.assigned_to, "").label("assigned_to"),
    )
    return _due(connection, CALL_BACKS, CALL, c.due_by, waits, needs, now, limit, whose)


def alerts_due(
    connection: Connection,
    since: datetime,
    until: datetime,
    but: Collection[str],
    now: datetime,
    limit: int,
) -> Sequence[Row[Any]]:
    """The same of what staff were told on the page between `since` and `until`, kinds `but`."""
    a = ALERTS.c
    waits = and_(a.seen_at.is_(None), a.at > since, a.at <= until, a.kind.not_in(but))
    needs = (
        literal("").label("language"), false().label("child"), literal("").label("assigned_to"),
    )  # fmt: skip
    return _due(connection, ALERTS, ALERT, a.at, waits, needs, now, limit)


def put_step(connection: Connection, row: Mapping[str, Any]) -> None:
    """Notes how far something went."""
    statement = insert(connection, ESCALATIONS).values(row)
    changed = {name: row[name] for name in ("told", "last_told", "rounds", "next_at")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "subject_id", "due_at"], set_=changed
        )
    )


def unheard(connection: Connection, staff_ids: Collection[int], now: datetime) -> None:
    """The alerts to `staff_ids` did not arrive: what they were told of goes on at once."""
    e = ESCALATIONS.c
    statement = update(ESCALATIONS).where(e.last_told.in_(staff_ids), e.next_at > now)
    connection.execute(statement.values(next_at=now))


def alerted(connection: Connection, since: datetime) -> dict[int, datetime]:
    """When each account was alerted last, since `since`."""
    d = DELIVERIES.c
    query = select(d.staff_id, func.max(d.due_at)).where(d.due_at > since).group_by(d.staff_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def add_alert_delivery(connection: Connection, row: Mapping[str, Any]) -> None:
    """Queues an alert."""
    connection.execute(DELIVERIES.insert().values(row))


def deliveries(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Alerts by id."""
    return connection.execute(select(DELIVERIES).where(DELIVERIES.c.id.in_(ids))).all()


def open_conversations(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Conversations that are open, those with the soonest clock first."""
    c = CONVERSATIONS.c
    query = select(CONVERSATIONS).where(c.state.in_([stage.value for stage in OPEN]))
    order = (c.due_by.is_(None), c.due_by, c.urgency.desc(), c.id)
    return connection.execute(query.order_by(*order).limit(limit)).all()


def open_calls(connection: Connection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Call-backs that wait in time, or that somebody has taken and not ended."""
    c = CALL_BACKS.c
    still = or_(and_(c.state == "waiting", c.due_by > now), c.state == "taken")
    query = select(CALL_BACKS).where(still).order_by(c.due_by, c.id)
    return connection.execute(query.limit(limit)).all()


def open_alerts(connection: Connection, but: Collection[str], limit: int) -> Sequence[Row[Any]]:
    """The alerts that nobody has seen, of all kinds `but` those, oldest first."""
    a = ALERTS.c
    query = select(ALERTS).where(a.seen_at.is_(None), a.kind.not_in(but))
    return connection.execute(query.order_by(a.id).limit(limit)).all()


def see_alerts(connection: Connection, upto: int, now: datetime) -> int:
    """Notes that alerts up to one were seen; returns how many."""
    a = ALERTS.c
    statement = update(ALERTS).where(a.seen_at.is_(None), a.id <= upto)
    return connection.execute(statement.values(seen_at=now)).rowcount


def give(
    connection: Connection, public_ids: Collection[str], names: Collection[str], to: str
) -> int:
    """Gives conversations that one of `names` still has to `to`; returns how many."""
    c = CONVERSATIONS.c
    statement = update(CONVERSATIONS).where(c.public_id.in_(public_ids), c.assigned_to.in_(names))
    return connection.execute(statement.values(assigned_to=to)).rowcount


def add_taken(connection: Connection, row: Mapping[str, Any]) -> None:
    """Notes that somebody took a shift over."""
    connection.execute(TAKEN.insert().values(row))


def last_taken(connection: Connection) -> Row[Any] | None:
    """The newest of those notes."""
    return connection.execute(select(TAKEN).order_by(TAKEN.c.id.desc()).limit(1)).first()


def _due(
    connection: Connection,
    table: Table,
    kind: str,
    due: ColumnElement[datetime],
    waits: ColumnElement[bool],
    needs: Sequence[ColumnElement[Any]],
    now: datetime,
    limit: int,
    source: Any = None,
) -> Sequence[Row[Any]]:
    e = ESCALATIONS.c
    same = and_(e.kind == kind, e.subject_id == table.c.id, e.due_at == due)
    query: Select[Any] = (
        select(
            literal(kind).label("kind"),
            table.c.id.label("subject_id"),
            due.label("due_at"),
            *needs,
            e.told,
            e.rounds,
            e.began_at,
        )
        .select_from((table if source is None else source).outerjoin(ESCALATIONS, same))
        .where(waits, or_(e.id.is_(None), e.next_at <= now))
        .order_by(due)
        .limit(limit)
    )
    return connection.execute(query).all()
