"""The SQL of reports by e-mail; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from outreach.reach.mailing.tables import ReportMailing, ReportSubscription
from outreach.reach.rules.mailing import LOST_AFTER, Mailing
from outreach.store.dialect import insert
from outreach.store.types import table_of

SUBSCRIPTIONS = table_of(ReportSubscription)
MAILINGS = table_of(ReportMailing)


def subscribe(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a reader."""
    connection.execute(SUBSCRIPTIONS.insert().values(row))


def end(connection: Connection, public_id: str, now: datetime) -> bool:
    """Ends a subscription; False where there is none, or it has ended."""
    c = SUBSCRIPTIONS.c
    statement = update(SUBSCRIPTIONS).where(c.public_id == public_id, c.ended_at.is_(None))
    return connection.execute(statement.values(ended_at=now)).rowcount == 1


def subscriptions(connection: Connection) -> Sequence[Row[Any]]:
    """Those that have not ended."""
    query = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.ended_at.is_(None))
    return connection.execute(query.order_by(SUBSCRIPTIONS.c.id)).all()


def subscription(connection: Connection, subscription_id: int) -> Row[Any]:
    """A reader."""
    query = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == subscription_id)
    return connection.execute(query).one()


def put_up(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a mailing, where there is none for this reader and month."""
    connection.execute(insert(connection, MAILINGS).values(row).on_conflict_do_nothing())


def put_up_before(connection: Connection) -> set[tuple[int, date]]:
    """The (subscription, month) of every mailing there is."""
    rows = connection.execute(select(MAILINGS.c.subscription_id, MAILINGS.c.month)).all()
    return {(row.subscription_id, row.month) for row in rows}


def waiting(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Mailings to hand over now, and lost ones, of readers who are still subscribed."""
    m, s = MAILINGS.c, SUBSCRIPTIONS.c
    due = (m.state == Mailing.WAITING) & (m.next_at <= now)
    lost = (m.state == Mailing.SENDING) & (m.next_at <= now - LOST_AFTER)
    query = select(MAILINGS).join(SUBSCRIPTIONS, s.id == m.subscription_id)
    return connection.execute(query.where(or_(due, lost), s.ended_at.is_(None))).all()


def move(connection: Connection, row: Row[Any], state: Mailing, values: Mapping[str, Any]) -> bool:
    """Moves a mailing on from the state and try that it was read in; False where somebody else
    did."""
    c = MAILINGS.c
    statement = update(MAILINGS).where(c.id == row.id, c.state == row.state, c.tries == row.tries)
    return connection.execute(statement.values(state=state, **values)).rowcount == 1


def mailings(connection: Connection, limit: int) -> Sequence[Any]:
    """The newest mailings with their reader's name."""
    query = select(MAILINGS, SUBSCRIPTIONS.c.name).join(
        SUBSCRIPTIONS, SUBSCRIPTIONS.c.id == MAILINGS.c.subscription_id
    )
    return connection.execute(query.order_by(MAILINGS.c.id.desc()).limit(limit)).all()


def by_public_id(connection: Connection, public_id: str) -> Row[Any] | None:
    """A mailing."""
    return connection.execute(select(MAILINGS).where(MAILINGS.c.public_id == public_id)).first()
