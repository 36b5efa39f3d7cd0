"""The few places where the two databases differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    any_,
    bindparam,
)
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: FromClause) -> Any:
    """An INSERT that understands `on_conflict_do_nothing` and `on_conflict_do_update`."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table)  # type: ignore[arg-type]


def skip_locked(connection: Connection, query: Select[Any]) -> Select[Any]:
    """`query` made to pass over rows that another worker holds; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        return query.with_for_update(skip_locked=True)
    return query


def locked(connection: Connection, query: Select[Any]) -> Select[Any]:
    """`query` with its rows locked until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        return query.with_for_update()
    return query


def among(
    connection: Connection, column: Column[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """`column` is one of `values`, of which there may be many thousands: one array on PostgreSQL,
    which takes far longer to read as many parameters."""
    if connection.dialect.name == "postgresql":
        given = bindparam(None, list(values), type_=postgresql.ARRAY(column.type))
        return column == any_(given)
    return column.in_(values)


def present(connection: Connection, column: Column[Any], keys: Sequence[bytes]) -> set[bytes]:
    """Those of `keys`, thousands maybe, that some row has in `column`; past SQLAlchemy and the
    driver's arrays, which take longer to write the question than the database to answer it."""
    if not keys:
        return set()
    given: tuple[Any, ...] = tuple(keys)
    if connection.dialect.name == "postgresql":
        wanted = "= ANY (CAST(%s AS bytea[]))"
        given = ("{" + ",".join([f'"\\\\x{key.hex()}"' for key in keys]) + "}",)
    else:
        wanted = f"IN ({', '.join('?' * len(keys))})"
    statement = f"SELECT {column.name} FROM {column.table.name} WHERE {column.name} {wanted}"  # noqa: S608
    return set(connection.exec_driver_sql(statement, given).scalars())
