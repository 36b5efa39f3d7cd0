"""The SQL of what numbers were asked; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from outreach.hotline.menu.tables import MenuMemory
from outreach.store.dialect import among
from outreach.store.types import table_of

MENU = table_of(MenuMemory)
_SET = ("number_key", "number_sealed", "step", "language", "answers_sealed", "quiet_until", "at")


def memories(connection: Connection, keys: Collection[bytes]) -> Sequence[Row[Any]]:
    """What is kept of these numbers, the newest last."""
    m = MENU.c
    query = select(MENU).where(among(connection, m.number_key, keys))
    return connection.execute(query.order_by(m.at, m.id)).all()


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps what was not kept before; giving back ids lets many be written in one statement."""
    connection.execute(MENU.insert().returning(MENU.c.id), rows)


def change(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sets the columns of rows, each given with its own id as `b_id`."""
    statement = update(MENU).where(MENU.c.id == bindparam("b_id"))
    connection.execute(statement.values({name: bindparam(name) for name in _SET}), rows)


def forget(connection: Connection, keys: Collection[bytes]) -> None:
    """Forgets these numbers (S23)."""
    connection.execute(delete(MENU).where(MENU.c.number_key.in_(keys)))


def forget_before(connection: Connection, at: datetime, limit: int) -> int:
    """Forgets up to `limit` numbers that nobody touched since `at` (S20); how many."""
    old = select(MENU.c.id).where(MENU.c.at < at).order_by(MENU.c.at).limit(limit)
    return connection.execute(delete(MENU).where(MENU.c.id.in_(old))).rowcount
