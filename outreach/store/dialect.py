"""The few places where the two databases differ."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Select, any_, bindparam
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
