"""Which processes live, and which one of them leads: rows with a term, by the database's clock.

A term and not a lock on a connection: a process that is stopped but not dead (SIGSTOP, a cable
pulled) would hold such a lock for ever. So for a moment two may believe that they lead; whatever a
leader does must bear that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, Table, func, select
from sqlmodel import Field, SQLModel

from outreach.store.dialect import insert
from outreach.store.types import RowId, UtcDateTime

# Who is not heard of for so long counts as gone.
TERM = timedelta(seconds=15)


class Process(SQLModel, table=True):
    """A process at work; `seen_at` is when it was heard of last."""

    __tablename__: ClassVar[str] = "process"

    id: str = Field(primary_key=True, max_length=40)
    kind: str = Field(max_length=12)
    host: str = Field(max_length=80)
    pid: int = Field(sa_type=RowId)
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class Leadership(SQLModel, table=True):
    """Who leads until when; one row."""

    __tablename__: ClassVar[str] = "leadership"

    id: int = Field(default=1, primary_key=True, sa_type=RowId)
    holder: str = Field(max_length=40)
    until: datetime = Field(sa_type=UtcDateTime)


PROCESSES: Table = Process.__table__  # type: ignore[attr-defined]
LEADERSHIP: Table = Leadership.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Identity:
    """A process as it makes itself known; `id` is new with every start."""

    id: str
    kind: str
    host: str
    pid: int


def seen(connection: Connection, who: Identity) -> int:
    """Notes that `who` lives and forgets who is long gone; how many of its kind live."""
    now = database_now(connection)
    row = {"id": who.id, "kind": who.kind, "host": who.host, "pid": who.pid}
    statement = insert(connection, PROCESSES).values(row | {"started_at": now, "seen_at": now})
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now})
    )
    p = PROCESSES.c
    connection.execute(PROCESSES.delete().where(p.seen_at < now - 20 * TERM))
    alike = select(func.count()).where(p.kind == who.kind, p.seen_at >= now - TERM)
    return connection.execute(alike).scalar_one()


def gone(connection: Connection, who: Identity) -> None:
    """`who` ends in order: whoever waits need not wait for its term."""
    connection.execute(PROCESSES.delete().where(PROCESSES.c.id == who.id))
    connection.execute(LEADERSHIP.delete().where(LEADERSHIP.c.holder == who.id))


def lead(connection: Connection, who: Identity) -> bool:
    """Takes or renews the leadership for a term; False while somebody else holds it."""
    now = database_now(connection)
    mine = insert(connection, LEADERSHIP).values(id=1, holder=who.id, until=now + TERM)
    free = (LEADERSHIP.c.holder == who.id) | (LEADERSHIP.c.until < now)
    taken = mine.on_conflict_do_update(
        index_elements=["id"], set_={"holder": who.id, "until": now + TERM}, where=free
    )
    return connection.execute(taken.returning(LEADERSHIP.c.id)).first() is not None


def leader(connection: Connection) -> str | None:
    """The id of the process that leads now."""
    c = LEADERSHIP.c
    query = select(c.holder).where(c.until >= database_now(connection))
    return connection.execute(query).scalar_one_or_none()


def living(connection: Connection) -> Sequence[Row[Any]]:
    """The processes that were heard of within a term, the oldest first."""
    p = PROCESSES.c
    query = select(PROCESSES).where(p.seen_at >= database_now(connection) - TERM)
    return connection.execute(query.order_by(p.started_at, p.id)).all()


def database_now(connection: Connection) -> datetime:
    """The database's own time: machines differ, terms must not."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return datetime.now(UTC)
