"""The SQL of referrals; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from outreach.hotline.inbox.queries import CONVERSATIONS
from outreach.hotline.referral.tables import Referral
from outreach.store.dialect import locked
from outreach.store.types import table_of

REFERRALS = table_of(Referral)


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a referral."""
    connection.execute(REFERRALS.insert().values(row))


def lock(connection: Connection, public_id: str) -> Row[Any] | None:
    """A referral, locked until the transaction ends."""
    query = select(REFERRALS).where(REFERRALS.c.public_id == public_id)
    return connection.execute(locked(connection, query)).first()


def change(connection: Connection, referral_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of a referral."""
    connection.execute(update(REFERRALS).where(REFERRALS.c.id == referral_id).values(values))


def of_conversation(connection: Connection, conversation_id: int) -> Sequence[Row[Any]]:
    """The referrals of a conversation, oldest first."""
    query = select(REFERRALS).where(REFERRALS.c.conversation_id == conversation_id)
    return connection.execute(query.order_by(REFERRALS.c.id)).all()


def addressed(connection: Connection, province: str, limit: int) -> Sequence[Row[Any]]:
    """What people addressed to a province's coordinator and was accepted, newest first; nothing of
    a conversation that was sealed."""
    r, c = REFERRALS.c, CONVERSATIONS.c
    query = (
        select(REFERRALS, c.child, c.language)
        .join(CONVERSATIONS, c.id == r.conversation_id)
        .where(r.province == province, r.accepted_at.is_not(None), c.outcome != "sealed")
    )
    return connection.execute(query.order_by(r.id.desc()).limit(limit)).all()
