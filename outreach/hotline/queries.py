"""The SQL of the sealed help store; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select, update

from outreach.delivery.tables import Attempt, Delivery
from outreach.hotline.tables import (
    CallBack,
    HelpAttempt,
    HelpDelivery,
    HelpInbound,
    HelpReceipt,
    StaffAlert,
)
from outreach.store.dialect import insert

INBOUND: Table = HelpInbound.__table__  # type: ignore[attr-defined]
DELIVERIES: Table = HelpDelivery.__table__  # type: ignore[attr-defined]
ATTEMPTS: Table = HelpAttempt.__table__  # type: ignore[attr-defined]
RECEIPTS: Table = HelpReceipt.__table__  # type: ignore[attr-defined]
CALL_BACKS: Table = CallBack.__table__  # type: ignore[attr-defined]
ALERTS: Table = StaffAlert.__table__  # type: ignore[attr-defined]
_ATTEMPT: Table = Attempt.__table__  # type: ignore[attr-defined]
_DELIVERY: Table = Delivery.__table__  # type: ignore[attr-defined]


def add_inbound(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Stores a text once; False if its SID is here already."""
    return _added(connection, INBOUND, row)


def add_delivery(connection: Connection, row: Mapping[str, Any]) -> None:
    """Queues an answer."""
    connection.execute(DELIVERIES.insert().values(row))


def recent_answers(connection: Connection, keys: Collection[bytes], since: datetime) -> int:
    """How many automatic answers a number was given since `since`."""
    d = DELIVERIES.c
    query = select(func.count()).where(d.number_key.in_(keys), d.due_at >= since)
    return connection.execute(query).scalar_one()


def deliveries(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Answers by id."""
    return connection.execute(select(DELIVERIES).where(DELIVERIES.c.id.in_(ids))).all()


def add_call_back(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds a wish to be called, once per source; False if it is here already."""
    return _added(connection, CALL_BACKS, row)


def waiting_call_backs(connection: Connection, keys: Collection[bytes]) -> int:
    """How many call-backs already wait for a number."""
    c = CALL_BACKS.c
    query = select(func.count()).where(c.number_key.in_(keys), c.state == "waiting")
    return connection.execute(query).scalar_one()


def count_call_backs(connection: Connection) -> int:
    """All wishes to be called."""
    return connection.execute(select(func.count()).select_from(CALL_BACKS)).scalar_one()


def count_answers(connection: Connection) -> int:
    """Answers that reached the gateway."""
    query = select(func.count(func.distinct(ATTEMPTS.c.delivery_id))).where(
        ATTEMPTS.c.sid.is_not(None)
    )
    return connection.execute(query).scalar_one()


def add_alert(connection: Connection, kind: str, reference: str, at: datetime) -> None:
    """Tells the hotline workers to look."""
    connection.execute(ALERTS.insert().values(kind=kind, reference=reference, at=at))


def alerts(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest alerts that nobody has seen."""
    query = select(ALERTS).where(ALERTS.c.seen_at.is_(None)).order_by(ALERTS.c.id.desc())
    return connection.execute(query.limit(limit)).all()


def call(connection: Connection, public_id: str) -> Any:
    """A broadcast's call by its attempt's public id: ids, contact, campaign and language."""
    a, d = _ATTEMPT.c, _DELIVERY.c
    query = (
        select(a.id, a.played_at, a.play_seconds, d.contact_id, d.campaign_id, d.language, a.state)
        .join(_DELIVERY, d.id == a.delivery_id)
        .where(a.public_id == public_id, a.channel == "voice")
    )
    return connection.execute(query).first()


def set_played(connection: Connection, attempt_id: int, at: datetime, seconds: int) -> None:
    """Notes when a recording began to play, and how long it is; the first time counts."""
    connection.execute(
        update(_ATTEMPT)
        .where(_ATTEMPT.c.id == attempt_id, _ATTEMPT.c.played_at.is_(None))
        .values(played_at=at, play_seconds=seconds)
    )


def set_heard(connection: Connection, attempt_id: int, seconds: int) -> None:
    """Notes how much of the recording was heard before a key was pressed."""
    connection.execute(
        update(_ATTEMPT)
        .where(_ATTEMPT.c.id == attempt_id, _ATTEMPT.c.heard_seconds.is_(None))
        .values(heard_seconds=seconds)
    )


def _added(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Adds a row unless it is here already; the row count does not tell that on PostgreSQL."""
    statement = insert(connection, table).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(table.c.id)).first() is not None
