"""The SQL of what numbers were asked; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, delete, select, update

from outreach.hotline.menu.tables import MenuMemory
from outreach.store.bulk import add_some
from outreach.store.chained import Writer
from outreach.store.dialect import keyed, keys_given
from outreach.store.gathered import Gathered, Question
from outreach.store.listed import among, listed, packed_values, with_bytes
from outreach.store.types import table_of

MENU = table_of(MenuMemory)
_SET = ("number_key", "number_sealed", "step", "language", "answers_sealed", "quiet_until", "at")


def memories(connection: Connection, keys: Collection[bytes]) -> Question:
    """What is kept of these numbers, the newest last."""
    given = keys_given(connection, keys, "menu_keys")
    return Question(_kept(connection.dialect.name), given)


@cache
def _kept(dialect: str) -> Gathered:
    query = select(MENU).where(keyed(dialect, MENU.c.number_key, "menu_keys"))
    return Gathered(query.order_by(MENU.c.at, MENU.c.id))


def add(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps what was not kept before."""
    add_some(writer, MENU, _SET, [tuple(row[name] for name in _SET) for row in rows], {})


def change(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sets the columns of rows, each given with its own id as `b_id`, of which two processes wait
    for each other in one order."""
    if writer.dialect.name == "postgresql":
        writer.execute(_locking(), {"ids": packed_values(row["b_id"] for row in rows)})
    given = with_bytes([row["b_id"], *(row[name] for name in _SET)] for row in rows)
    writer.execute(_changing(), given)


@cache
def _locking() -> Select[Any]:
    return select(MENU.c.id).where(among(MENU.c.id)).order_by(MENU.c.id).with_for_update()


@cache
def _changing() -> Update:
    types = {name: MENU.c[name].type for name in _SET}
    given = listed({"b_id": MENU.c.id.type, **types})
    values = {name: given.c[name] for name in _SET}
    return update(MENU).where(MENU.c.id == given.c.b_id).values(values)


def forget(connection: Connection, keys: Collection[bytes]) -> None:
    """Forgets these numbers (S23)."""
    connection.execute(delete(MENU).where(MENU.c.number_key.in_(keys)))


def forget_before(connection: Connection, at: datetime, limit: int) -> int:
    """Forgets up to `limit` numbers that nobody touched since `at` (S20); how many."""
    old = select(MENU.c.id).where(MENU.c.at < at).order_by(MENU.c.at).limit(limit)
    return connection.execute(delete(MENU).where(MENU.c.id.in_(old))).rowcount
