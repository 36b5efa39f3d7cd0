"""The few places where the two databases differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from outreach.store.listed import listed, one_of, with_bytes


def insert(connection: Connection, table: FromClause) -> Any:
    """An INSERT that understands `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_on(connection.dialect.name, table)


def insert_on(dialect: str, table: FromClause) -> Any:
    """The same for a statement that is built once for each dialect, by its name."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table)  # type: ignore[arg-type]


def locked(connection: Connection, query: Select[Any]) -> Select[Any]:
    """`query` with its rows locked until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        return query.with_for_update()
    return query


def hour_of(connection: Connection, column: Column[Any]) -> ColumnElement[int]:
    """The whole hours from 1970 to a moment: far quicker to bring here than the moment itself."""
    if connection.dialect.name == "postgresql":
        return cast(func.floor(extract("epoch", column) / 3_600), Integer)
    return cast(func.strftime("%s", column, type_=Text), Integer) // 3_600


def among(
    connection: Connection, column: Column[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """`column` is one of `values`, of which there may be many thousands: one array on PostgreSQL,
    which takes far longer to read as many parameters."""
    if connection.dialect.name == "postgresql":
        given = bindparam(None, list(values), type_=postgresql.ARRAY(column.type))
        return column == any_(given)
    return column.in_(values)


def keyed(dialect: str, column: ColumnElement[Any], name: str = "keys") -> ColumnElement[bool]:
    """`column` (of bytes) is one of those that `keys_given` gives as `name`: for a statement that
    is built once for each dialect, by its name."""
    if dialect == "postgresql":
        array = cast(bindparam(name, type_=Text), postgresql.ARRAY(column.type))
        return one_of(column, select(func.unnest(array)))
    return one_of(column, select(listed({"key": column.type}, name).c.key))


def keys_given(connection: Connection, keys: Iterable[bytes], name: str = "keys") -> dict[str, Any]:
    """The parameters of `keyed`."""
    if connection.dialect.name == "postgresql":
        return {name: _array(keys)}
    return with_bytes(((key,) for key in keys), name)


def present(connection: Connection, column: Column[Any], keys: Sequence[bytes]) -> set[bytes]:
    """Those of `keys`, thousands maybe, that some row has in `column`; past SQLAlchemy and the
    driver's arrays, which take longer to write the question than the database to answer it."""
    if not keys:
        return set()
    given: tuple[Any, ...] = tuple(keys)
    if connection.dialect.name == "postgresql":
        wanted = "= ANY (CAST(%s AS bytea[]))"
        given = (_array(keys),)
    else:
        wanted = f"IN ({', '.join('?' * len(keys))})"
    statement = f"SELECT {column.name} FROM {column.table.name} WHERE {column.name} {wanted}"  # noqa: S608
    return set(connection.exec_driver_sql(statement, given).scalars())


def _array(values: Iterable[bytes]) -> str:
    """An array of bytes as PostgreSQL reads it; the driver takes forty microseconds for each."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"
