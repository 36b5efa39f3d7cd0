"""The SQL of conversations; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from secrets import token_bytes
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from outreach.hotline.inbox.tables import Conversation, ConversationNote
from outreach.hotline.queries import CALL_BACKS, DELIVERIES, INBOUND
from outreach.hotline.rules.conversation import OPEN, Stage
from outreach.hotline.rules.replying import TROUBLE
from outreach.store.bulk import insert_listed
from outreach.store.chained import Writer
from outreach.store.dialect import locked
from outreach.store.listed import with_bytes
from outreach.store.types import table_of

CONVERSATIONS = table_of(Conversation)
NOTES = table_of(ConversationNote)
# What a new conversation gets from what came in, and what is the same in all.
_ARRIVING = (
    "public_id",
    "number_key",
    "number_sealed",
    "urgency",
    "child",
    "language",
    "opened_at",
    "last_in_at",
    "last_text_at",
    "due_by",
)
_NEW = {
    "state": Stage.NEW.value,
    "code_sealed": b"",
    "assigned_to": "",
    "replies": 0,
    "outcome": "",
}


def came_in(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> None:
    """Somebody wrote or asked to be called: opens their conversation, reopens a closed one, or
    moves an open one on, as `rules/conversation.py` says. Each of `rows` (one a person) is what a
    new one would be."""
    rows_given = with_bytes([row[name] for name in _ARRIVING] for row in rows)
    writer.execute(_coming_in(writer.dialect.name), rows_given)


@cache
def _coming_in(dialect: str) -> Any:
    new_ones = {name: literal(value, CONVERSATIONS.c[name].type) for name, value in _NEW.items()}
    statement = insert_listed(dialect, CONVERSATIONS, _ARRIVING, new_ones)
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
    return statement.on_conflict_do_update(index_elements=["number_key"], set_=moved)


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


def find(connection: Connection, public_id: str) -> Row[Any] | None:
    """A conversation by its public id."""
    query = select(CONVERSATIONS).where(CONVERSATIONS.c.public_id == public_id)
    return connection.execute(query).first()


def lock(connection: Connection, public_id: str) -> Row[Any] | None:
    """The same, locked until the transaction ends."""
    query = select(CONVERSATIONS).where(CONVERSATIONS.c.public_id == public_id)
    return connection.execute(locked(connection, query)).first()


def of_person(connection: Connection, keys: Collection[bytes]) -> Row[Any] | None:
    """A person's conversation, locked until the transaction ends."""
    query = select(CONVERSATIONS).where(CONVERSATIONS.c.number_key.in_(keys))
    return connection.execute(locked(connection, query)).first()


def children(connection: Connection, keys: Collection[bytes]) -> set[bytes]:
    """Those of `keys` that are a child's."""
    c = CONVERSATIONS.c
    return set(
        connection.execute(select(c.number_key).where(c.number_key.in_(keys), c.child)).scalars()
    )


def change(connection: Connection, conversation_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of a conversation."""
    statement = update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)
    connection.execute(statement.values(values))


def listed(connection: Connection, whose: Collection[str] | None, limit: int) -> Sequence[Row[Any]]:
    """Open conversations that one of `whose` has ("" is nobody, None is anybody): first those with
    a clock, the most urgent and then the soonest first."""
    c = CONVERSATIONS.c
    query = select(CONVERSATIONS).where(_open(whose))
    order = (c.due_by.is_(None), c.urgency.desc(), c.due_by, c.last_in_at, c.id)
    return connection.execute(query.order_by(*order).limit(limit)).all()


def count(connection: Connection, whose: Collection[str] | None) -> int:
    """How many `listed` has in all."""
    query = select(func.count()).select_from(CONVERSATIONS).where(_open(whose))
    return connection.execute(query).scalar_one()


def unsent(connection: Connection, keys: Collection[bytes]) -> set[bytes]:
    """Those of `keys` whose newest reply by a worker was not sent."""
    d = DELIVERIES.c
    newest = (
        select(d.number_key, func.max(d.id).label("id"))
        .where(d.number_key.in_(keys), d.author != "")
        .group_by(d.number_key)
        .subquery()
    )
    query = select(newest.c.number_key).join(DELIVERIES, d.id == newest.c.id)
    return set(connection.execute(query.where(d.state.in_(TROUBLE))).scalars())


def texts(connection: Connection, keys: Collection[bytes], limit: int) -> Sequence[Row[Any]]:
    """What a person wrote, newest first."""
    return _newest(connection, INBOUND, INBOUND.c.at, keys, limit)


def answers(connection: Connection, keys: Collection[bytes], limit: int) -> Sequence[Row[Any]]:
    """What a person was sent, newest first."""
    return _newest(connection, DELIVERIES, DELIVERIES.c.due_at, keys, limit)


def calls(connection: Connection, keys: Collection[bytes], limit: int) -> Sequence[Row[Any]]:
    """When a person asked to be called, newest first."""
    return _newest(connection, CALL_BACKS, CALL_BACKS.c.asked_at, keys, limit)


def heard(connection: Connection, keys: Collection[bytes]) -> int:
    """How often a person wrote or asked to be called."""
    texts, calls = (
        select(func.count()).where(table.c.number_key.in_(keys)).scalar_subquery()
        for table in (INBOUND, CALL_BACKS)
    )
    found: int = connection.execute(select(texts + calls)).scalar_one()
    return found


def add_note(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a note."""
    connection.execute(NOTES.insert().values(row))


def notes(connection: Connection, conversation_id: int, limit: int) -> Sequence[Row[Any]]:
    """The notes on a conversation, newest first."""
    query = select(NOTES).where(NOTES.c.conversation_id == conversation_id)
    return connection.execute(query.order_by(NOTES.c.id.desc()).limit(limit)).all()


def withdraw(connection: Connection, keys: Collection[bytes], now: datetime) -> None:
    """Holds back what workers wrote to a person and what has not left."""
    d = DELIVERIES.c
    waits = and_(d.number_key.in_(keys), d.author != "", d.state.in_(("pending", "leased")))
    held = {"state": "suppressed", "reason": "left", "updated_at": now}
    connection.execute(update(DELIVERIES).where(waits).values(held))


def _open(whose: Collection[str] | None) -> ColumnElement[bool]:
    c = CONVERSATIONS.c
    is_open = c.state.in_([stage.value for stage in OPEN])
    return is_open if whose is None else and_(is_open, c.assigned_to.in_(whose))


def _newest(
    connection: Connection, table: Table, at: Column[Any], keys: Collection[bytes], limit: int
) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.number_key.in_(keys))
    return connection.execute(query.order_by(at.desc(), table.c.id.desc()).limit(limit)).all()
