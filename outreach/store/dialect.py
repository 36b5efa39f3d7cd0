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
    select,
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


def present(connection: Connection, column: Column[Any], values: Sequence[Any]) -> set[Any]:
    """Those of `values`, thousands maybe, that some row has in `column`; on SQLite past SQLAlchemy,
    which takes longer to write the statement than the database to answer."""
    if connection.dialect.name == "postgresql" or not values:
        return set(
            connection.execute(select(column).where(among(connection, column, values))).scalars()
        )
    marks = ", ".join("?" * len(values))
    statement = f"SELECT {column.name} FROM {column.table.name} WHERE {column.name} IN ({marks})"  # noqa: S608
    return set(connection.exec_driver_sql(statement, tuple(values)).scalars())
