"""The SQL of redaction; nothing here commits. A row stays, so that what was counted stays true; its
words, its number and what leads to them are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from secrets import token_bytes
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from outreach.delivery.rules.states import OPEN
from outreach.hotline.inbox.queries import CONVERSATIONS, NOTES
from outreach.hotline.queries import ATTEMPTS, CALL_BACKS, DELIVERIES, INBOUND, JOIN_CALLS
from outreach.hotline.tables import HELD
from outreach.store.dialect import locked

_KEY_BYTES = 32


def old_texts(connection: Connection, before: datetime, limit: int) -> Sequence[int]:
    """Texts from before then that still hold their words, oldest first."""
    query = select(INBOUND.c.id).where(HELD, INBOUND.c.at < before)
    return _ids(connection, query.order_by(INBOUND.c.at).limit(limit))


def old_answers(connection: Connection, before: datetime, limit: int) -> Sequence[int]:
    """Answers and replies from before then that still hold their words, oldest first."""
    d = DELIVERIES.c
    query = select(d.id).where(HELD, d.due_at < before)
    return _ids(connection, query.order_by(d.due_at).limit(limit))


def old_calls(connection: Connection, before: datetime, limit: int) -> Sequence[int]:
    """Wishes to be called from before then that still hold their number."""
    c = CALL_BACKS.c
    query = select(c.id).where(func.length(c.number_sealed) > 0, c.asked_at < before)
    return _ids(connection, query.order_by(c.id).limit(limit))


def old_notes(connection: Connection, before: datetime, limit: int) -> Sequence[int]:
    """Notes from before then that still hold their words."""
    query = select(NOTES.c.id).where(HELD, NOTES.c.at < before)
    return _ids(connection, query.order_by(NOTES.c.id).limit(limit))


def old_conversations(connection: Connection, before: datetime, limit: int) -> Sequence[int]:
    """Ended conversations in which nothing came since, and that still hold their number; locked,
    because somebody may write again in this very moment."""
    c = CONVERSATIONS.c
    query = select(c.id).where(
        func.length(c.number_sealed) > 0, c.state == "closed", c.last_in_at < before
    )
    return _ids(connection, locked(connection, query.order_by(c.id).limit(limit)))


def forget_join_calls(connection: Connection, before: datetime, limit: int) -> int:
    """Forgets marks of calls from before then, which the gateway lists no more; how many."""
    j = JOIN_CALLS.c
    old = select(j.mark).where(j.at < before).order_by(j.at).limit(limit)
    return connection.execute(delete(JOIN_CALLS).where(j.mark.in_(old))).rowcount


def texts_of(connection: Connection, keys: Collection[bytes]) -> dict[int, str]:
    """A person's texts, with their SIDs."""
    return _named(connection, INBOUND, "sid", keys)


def answers_of(connection: Connection, keys: Collection[bytes]) -> Sequence[int]:
    """What a person was sent."""
    return _ids(connection, select(DELIVERIES.c.id).where(DELIVERIES.c.number_key.in_(keys)))


def calls_of(connection: Connection, keys: Collection[bytes]) -> dict[int, str]:
    """A person's wishes to be called, with what they came from."""
    return _named(connection, CALL_BACKS, "source_id", keys)


def notes_of(connection: Connection, conversation_id: int) -> Sequence[int]:
    """The notes on a conversation."""
    return _ids(connection, select(NOTES.c.id).where(NOTES.c.conversation_id == conversation_id))


def empty_texts(connection: Connection, ids: Collection[int], marks: Sequence[str] = ()) -> None:
    """Empties texts; their SID would lead to the words at the gateway. `marks` stand for it, where
    the texts may still be listed there."""
    gone = {"number_sealed": b"", "body_sealed": b""}
    _empty(connection, INBOUND, ids, gone, "sid", marks)


def empty_answers(connection: Connection, ids: Sequence[int]) -> None:
    """Empties answers and the SIDs of their attempts. What has not left does not leave; of what is
    on its way nobody can be asked any more, so it is unknown."""
    d, a = DELIVERIES.c, ATTEMPTS.c
    waits = and_(d.id.in_(ids), d.state.in_(("pending", "leased")))
    held = {"state": "suppressed", "reason": "withdrawn"}
    connection.execute(update(DELIVERIES).where(waits).values(held))
    connection.execute(
        update(DELIVERIES).where(d.id.in_(ids), d.state == "trying").values(state="unknown")
    )
    known = {
        "state": case((a.state.in_(OPEN), "unknown"), else_=a.state),
        "sid": None,
        "body_digest": "",
    }
    connection.execute(update(ATTEMPTS).where(a.delivery_id.in_(ids)).values(known))
    _empty(connection, DELIVERIES, ids, {"address_sealed": b"", "body_sealed": b""})


def empty_calls(connection: Connection, ids: Collection[int], marks: Sequence[str] = ()) -> None:
    """Empties wishes to be called, as texts are; who waits is not called any more."""
    c = CALL_BACKS.c
    waits = and_(c.id.in_(ids), c.state.in_(("waiting", "taken")))
    connection.execute(update(CALL_BACKS).where(waits).values(state="too_late"))
    _empty(connection, CALL_BACKS, ids, {"number_sealed": b""}, "source_id", marks)


def empty_notes(connection: Connection, ids: Sequence[int]) -> None:
    """Empties notes."""
    connection.execute(update(NOTES).where(NOTES.c.id.in_(ids)).values(body_sealed=b""))


def empty_conversations(connection: Connection, ids: Sequence[int], **also: Any) -> None:
    """Empties conversations, and sets `also`."""
    _empty(connection, CONVERSATIONS, ids, {"number_sealed": b"", "code_sealed": b"", **also})


def _empty(
    connection: Connection,
    table: Table,
    ids: Collection[int],
    gone: Mapping[str, Any],
    name: str = "",
    marks: Sequence[str] = (),
) -> None:
    """Sets `gone`, a fingerprint that leads to nobody, and in `name` what leads to nothing at the
    gateway: `marks`, one for each of `ids`, where given."""
    if not ids:
        return
    fresh = ("number_key", name) if name else ("number_key",)
    values = {**gone, **{column: bindparam(f"b_{column}") for column in fresh}}
    statement = update(table).where(table.c.id == bindparam("b_id")).values(values)
    rows = [
        {"b_id": id_, "b_number_key": token_bytes(_KEY_BYTES)}
        | ({f"b_{name}": mark} if name else {})
        for id_, mark in zip(ids, marks or [f"gone-{id_}" for id_ in ids], strict=True)
    ]
    connection.execute(statement, rows)


def _named(
    connection: Connection, table: Table, name: str, keys: Collection[bytes]
) -> dict[int, str]:
    query = select(table.c.id, table.c[name]).where(table.c.number_key.in_(keys))
    return {row[0]: row[1] for row in connection.execute(query)}


def _ids(connection: Connection, query: Any) -> Sequence[int]:
    found: Sequence[int] = connection.execute(query).scalars().all()
    return found
