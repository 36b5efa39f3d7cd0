"""The SQL of conversations; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from secrets import token_bytes
from typing import Any

from sqlalchemy import Connection, Table, case, exists, or_, select, update

from outreach.hotline.inbox.tables import Conversation, ConversationNote
from outreach.hotline.rules.conversation import Stage
from outreach.store.dialect import insert

CONVERSATIONS: Table = Conversation.__table__  # type: ignore[attr-defined]
NOTES: Table = ConversationNote.__table__  # type: ignore[attr-defined]


def came_in(connection: Connection, row: Mapping[str, Any]) -> None:
    """Somebody wrote or asked to be called: opens their conversation, reopens a closed one, or
    moves an open one on, as `rules/conversation.py` says. `row` is a whole new one."""
    statement = insert(connection, CONVERSATIONS).values(row)
    c, new = CONVERSATIONS.c, statement.excluded
    closed = c.state == Stage.CLOSED
    sooner = or_(c.due_by.is_(None), new.due_by < c.due_by)
    fresh = {name: getattr(new, name) for name in ("assigned_to", "looked_at", "closed_at")}
    moved = {
        "state": case(
            (closed, Stage.NEW.value),
            (c.state == Stage.WAITING, Stage.ASSIGNED.value),
            else_=c.state,
        ),
        "urgency": case((or_(closed, new.urgency > c.urgency), new.urgency), else_=c.urgency),
        "child": or_(c.child, new.child),
        "language": case((new.language != "", new.language), else_=c.language),
        "opened_at": case((closed, new.opened_at), else_=c.opened_at),
        "last_in_at": case((new.last_in_at > c.last_in_at, new.last_in_at), else_=c.last_in_at),
        "last_text_at": case(
            (or_(c.last_text_at.is_(None), new.last_text_at > c.last_text_at), new.last_text_at),
            else_=c.last_text_at,
        ),
        "due_by": case((or_(closed, sooner), new.due_by), else_=c.due_by),
        "outcome": case((closed, ""), else_=c.outcome),
        **{name: case((closed, value), else_=c[name]) for name, value in fresh.items()},
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["number_key"], set_=moved))


def left(connection: Connection, keys: Collection[bytes], at: datetime) -> None:
    """Somebody does not want to hear from us: from now on staff may not text them."""
    c = CONVERSATIONS.c
    statement = update(CONVERSATIONS).where(c.number_key.in_(keys), c.last_in_at <= at)
    connection.execute(statement.values(last_text_at=None))


def bring_along(connection: Connection, key: bytes, older: Collection[bytes]) -> None:
    """Brings a conversation that an older key found under the current one, where none is yet."""
    c = CONVERSATIONS.c
    there = exists(select(1).where(c.number_key == key).correlate(None))
    statement = update(CONVERSATIONS).where(c.number_key.in_(older), ~there)
    connection.execute(statement.values(number_key=key))


def part_doubles(connection: Connection, pairs: Mapping[bytes, bytes]) -> None:
    """Where two processes opened a conversation of one person at once, each with its own key (by
    `pairs`, old and new), the one under the old key leads to nobody any more."""
    c = CONVERSATIONS.c
    query = select(c.number_key).where(c.number_key.in_(set(pairs.values())))
    taken = set(connection.execute(query).scalars())
    for old, new in pairs.items():
        if new in taken:
            gone = {"number_key": token_bytes(len(old)), "number_sealed": b"", "state": "closed"}
            connection.execute(update(CONVERSATIONS).where(c.number_key == old).values(gone))
