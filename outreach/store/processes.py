"""Which processes live, and which one of them leads: rows with a term, by the database's clock.

A term and not a lock on a connection: a process that is stopped but not dead (SIGSTOP, a cable
pulled) would hold such a lock for ever. So for a moment two may believe that they lead; whatever a
leader does must bear that.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Engine, false, func, select
from sqlmodel import Field, SQLModel

from outreach.store.dialect import insert
from outreach.store.engine import reading, transaction
from outreach.store.types import RowId, UtcDateTime, table_of

# Who is not heard of for so long counts as gone.
TERM = timedelta(seconds=15)
# Rows of the dead are kept for so many terms.
_FORGET = 20


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


PROCESSES = table_of(Process)
LEADERSHIP = table_of(Leadership)


# The kinds that send.
SENDING = ("worker", "serve")


@dataclass(frozen=True)
class Identity:
    """A process as it makes itself known; `id` is new with every start."""

    id: str
    kind: str
    host: str
    pid: int


@dataclass(frozen=True)
class Standing:
    """What a process learns when it reports: how many send, and whether it leads."""

    senders: int
    leads: bool


@dataclass(frozen=True)
class Present:
    """A process that lives."""

    id: str
    kind: str
    host: str
    pid: int
    started_at: datetime
    leads: bool


def report(engine: Engine, who: Identity, *, candidate: bool = False) -> Standing:
    """Notes that `who` lives; a `candidate` takes or renews the leadership if it is free."""
    with transaction(engine) as connection:
        now = database_now(connection)
        _seen(connection, who, now)
        p = PROCESSES.c
        connection.execute(PROCESSES.delete().where(p.seen_at < now - _FORGET * TERM))
        sending = select(func.count()).where(p.kind.in_(SENDING), p.seen_at >= now - TERM)
        senders = connection.execute(sending).scalar_one()
        return Standing(senders, candidate and _lead(connection, who, now))


def leave(engine: Engine, who: Identity) -> None:
    """`who` ends in order: nobody need wait for its term."""
    with transaction(engine) as connection:
        connection.execute(PROCESSES.delete().where(PROCESSES.c.id == who.id))
        connection.execute(LEADERSHIP.delete().where(LEADERSHIP.c.holder == who.id))


def present(engine: Engine) -> tuple[Present, ...]:
    """The processes that were heard of within a term, the oldest first."""
    p, c = PROCESSES.c, LEADERSHIP.c
    with reading(engine) as connection:
        now = database_now(connection)
        holder = connection.execute(select(c.holder).where(c.until >= now)).scalar_one_or_none()
        alive = select(PROCESSES).where(p.seen_at >= now - TERM).order_by(p.started_at, p.id)
        return tuple(
            Present(row.id, row.kind, row.host, row.pid, row.started_at, row.id == holder)
            for row in connection.execute(alive)
        )


def gone(connection: Connection, name: ColumnElement[Any]) -> ColumnElement[bool]:
    """The process called `name` was not heard of within a term. Never so on SQLite, where nobody
    reports. One that is only slow may still be at work: whatever it does next must bear this."""
    if connection.dialect.name != "postgresql":
        return false()
    alive = select(PROCESSES.c.id).where(PROCESSES.c.seen_at >= func.clock_timestamp() - TERM)
    return name.not_in(alive)


def _seen(connection: Connection, who: Identity, now: datetime) -> None:
    row = insert(connection, PROCESSES).values(**asdict(who), started_at=now, seen_at=now)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))


def _lead(connection: Connection, who: Identity, now: datetime) -> bool:
    row = insert(connection, LEADERSHIP).values(id=1, holder=who.id, until=now + TERM)
    free = (LEADERSHIP.c.holder == who.id) | (LEADERSHIP.c.until < now)
    taken = row.on_conflict_do_update(
        index_elements=["id"], set_={"holder": who.id, "until": now + TERM}, where=free
    )
    return connection.execute(taken.returning(LEADERSHIP.c.id)).first() is not None


def database_now(connection: Connection) -> datetime:
    """The database's own time: machines differ, terms must not."""
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now
