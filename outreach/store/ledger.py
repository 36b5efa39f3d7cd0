"""The append-only ledger of facts: what happened, when, with its dimensions as they were then.

People, delivery and (sealed) hotline append; `reach` alone reads. Help facts carry no contact.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Row,
    Select,
    column,
    exists,
    func,
    literal,
    select,
    table,
    true,
)
from sqlmodel import Field, SQLModel

from outreach.kernel.dimensions import NOT_ASKED, PERSONAL
from outreach.store.bulk import add_rows, add_some
from outreach.store.chained import Writer
from outreach.store.dialect import hour_of
from outreach.store.types import RowId, UtcDateTime, table_of


@dataclass(frozen=True)
class Fact:
    """One fact. `kind` is e.g. `delivery.delivered`; ids are ours; `amount` is in the kind's unit
    (seconds heard, parts), `cost_micro` in millionths of `currency`."""

    kind: str
    at: datetime
    contact_id: int | None = None
    campaign_id: int | None = None
    broadcast_id: int | None = None
    delivery_id: int | None = None
    attempt_id: int | None = None
    channel: str = ""
    province: str = NOT_ASKED
    sex: str = NOT_ASKED
    age_band: str = NOT_ASKED
    audience: str = NOT_ASKED
    destination: str = NOT_ASKED
    language: str = NOT_ASKED
    detail: str = ""
    amount: int = 0
    cost_micro: int = 0
    currency: str = ""


class LedgerFact(SQLModel, table=True):
    """A stored fact: never updated, never deleted."""

    __tablename__: ClassVar[str] = "ledger_fact"
    __table_args__ = (Index("ix_ledger_fact_kind_at", "kind", "at"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    kind: str = Field(max_length=40)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    contact_id: int | None = Field(default=None, sa_type=RowId)
    campaign_id: int | None = Field(default=None, sa_type=RowId)
    broadcast_id: int | None = Field(default=None, sa_type=RowId)
    delivery_id: int | None = Field(default=None, sa_type=RowId)
    attempt_id: int | None = Field(default=None, sa_type=RowId)
    channel: str = Field(max_length=10)
    province: str = Field(max_length=20)
    sex: str = Field(max_length=20)
    age_band: str = Field(max_length=20)
    audience: str = Field(max_length=20)
    destination: str = Field(max_length=20)
    language: str = Field(max_length=20)
    detail: str = Field(max_length=60)
    amount: int = 0
    cost_micro: int = 0
    currency: str = Field(max_length=3)


LEDGER = table_of(LedgerFact)
# What `facts_after` brings: first what a fact counts for, then who, and the dimensions.
FOLDED = (
    *("hour", "campaign_id", "kind", "detail", "channel", "amount", "cost_micro", "currency"),
    *("id", "contact_id", "attempt_id", *PERSONAL),
)
# Any number that nothing else locks; as PostgreSQL shows it, its upper half is 0.
_WRITERS = 0x0DEADFAC
_LOCKS = table(
    "pg_locks",
    column("locktype"),
    column("database"),
    column("classid"),
    column("objid"),
    column("virtualtransaction"),
)
_DATABASES = table("pg_database", column("oid"), column("datname"))
_SOME = 500
# A writer's transaction lasts some milliseconds.
_PATIENCE_SECONDS, _LOOK_SECONDS = 1.0, 0.005


# PostgreSQL gives ids before it commits, so that a lower id may appear after a higher one; SQLite
# has one writer. The lock is shared and nobody ever asks for it alone: no writer waits.
_ANNOUNCING = select(func.pg_advisory_xact_lock_shared(_WRITERS).label("announced"))
_ANNOUNCED = {
    "sqlite": true(),
    "postgresql": exists().select_from(_ANNOUNCING.cte("announcing").prefix_with("MATERIALIZED")),
}


def announce(connection: Connection) -> None:
    """Says that this transaction is about to append: `settled` waits for its end."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ANNOUNCING)


def append(connection: Connection, facts: Sequence[Fact]) -> None:
    """Adds `facts` to the ledger inside the caller's transaction."""
    if facts:
        announce(connection)
        connection.execute(LEDGER.insert(), [asdict(fact) for fact in facts])


def newest(connection: Connection) -> int:
    """The highest id so far; 0 where there is none."""
    query = select(func.coalesce(func.max(LEDGER.c.id), 0))
    return int(connection.execute(query).scalar_one())


def append_alike(
    connection: Connection, like: Fact, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Adds a fact per row, quickly: `names` says what the row gives, in the rest each is `like`."""
    if len(rows) <= _SOME:
        append_some(connection, like, names, rows)
    else:
        announce(connection)
        add_rows(connection, LEDGER, names, rows, _rest(like, names))


def append_some(
    writer: Writer, like: Fact, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """The same of some hundreds at most, in one statement, which announces them too."""
    announced = _ANNOUNCED[writer.dialect.name]
    add_some(writer, LEDGER, names, rows, _rest(like, names), announced)


def _rest(like: Fact, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in vars(like).items() if name not in names}


def append_selected(connection: Connection, like: Fact, query: Select[Any]) -> None:
    """Adds a fact per row of `query` without bringing the rows here: its columns are named as a
    fact's, in the rest each fact is `like`."""
    announce(connection)
    given = [str(name) for name in query.selected_columns.keys()]  # noqa: SIM118
    rest = {name: value for name, value in asdict(like).items() if name not in given}
    alike = (literal(value, LEDGER.c[name].type).label(name) for name, value in rest.items())
    statement = LEDGER.insert().from_select([*given, *rest], query.add_columns(*alike))
    connection.execute(statement)


def settled(connection: Connection) -> int | None:
    """The highest id below which no fact will ever appear any more (0 where there is none), or
    None where a writer took too long: ask again later.

    Who gets ids up to the newest fact seen here announced itself before; when all who had are
    done, nothing below can appear. Later writers, however many, are not waited for.
    """
    upto = newest(connection)
    if connection.dialect.name != "postgresql":
        return upto
    earlier = _appending(connection)
    patience = time.monotonic() + _PATIENCE_SECONDS
    while earlier:
        if time.monotonic() > patience:
            return None
        time.sleep(_LOOK_SECONDS)
        earlier &= _appending(connection)
    return upto


def _appending(connection: Connection) -> set[str]:
    """The transactions that have announced themselves."""
    l, d = _LOCKS.c, _DATABASES.c  # noqa: E741
    here = select(d.oid).where(d.datname == func.current_database()).scalar_subquery()
    query = select(l.virtualtransaction).where(
        l.locktype == "advisory", l.database == here, l.classid == 0, l.objid == _WRITERS
    )
    return set(connection.execute(query).scalars())


def facts_after(connection: Connection, after: int, upto: int, limit: int) -> Sequence[Row[Any]]:
    """FOLDED of up to `limit` facts with an id in (after, upto], in order. Local days begin at
    whole hours, so that the `hour` stands for the moment."""
    hour = hour_of(connection, LEDGER.c.at).label("hour")
    query = select(*(hour if name == "hour" else LEDGER.c[name] for name in FOLDED))
    query = query.where(LEDGER.c.id > after, LEDGER.c.id <= upto)
    return connection.execute(query.order_by(LEDGER.c.id).limit(limit)).all()
