"""Adds many rows at once, past SQLAlchemy's work per row: COPY on PostgreSQL, the driver's own
executemany on SQLite. Reads many bytes as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    bindparam,
    func,
    select,
    text,
    true,
)

from outreach.store.chained import Writer
from outreach.store.dialect import insert_on
from outreach.store.listed import listed, packed, parted, with_bytes

# Rows that PostgreSQL sends in one answer: few enough for the processor's cache.
_TOGETHER = 16
# Of so many rows what is alike is not looked for: there would be a statement for each mix.
_FEW = 100
_ALWAYS = true()
_FEW_PAGES = 256  # in SQLite's cache, while many bytes are read


def add_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    same: Mapping[str, Any],
) -> None:
    """Adds `rows` (the columns `names`, in that order), in the caller's transaction.

    Values of `rows` go to the driver as they are: text, bytes, whole numbers, None. What a column's
    type must translate (moments, JSON) stands in `same`: columns that are alike in all rows.
    """
    alike = tuple(_for_driver(connection, table, name, value) for name, value in same.items())
    columns = ", ".join([*names, *same])
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        alike = tuple(_as_text(driver, value) for value in alike)
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row + alike)
        return
    marks = ", ".join("?" * (len(names) + len(same)))
    given = [row + alike for row in rows]
    if given:
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(statement, given)


def add_some(
    writer: Writer,
    table: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, Any],
    once: ColumnElement[bool] = _ALWAYS,
) -> None:
    """Adds some hundreds of `rows` in one statement, which beside an event loop is sooner done: it
    takes one step of the driver, not one or more a row. Moments may be among `rows`. `once` is
    asked before any is added."""
    if rows:
        names = tuple(names)
        if len(rows) > _FEW:
            names, rows, more = parted(names, rows)
            same = {**more, **same}
        alike = {f"same_{name}": value for name, value in same.items()}
        statement = _adding(writer.dialect.name, table, names, tuple(same), once)
        bytes_too = any(isinstance(table.c[name].type, LargeBinary) for name in names)
        given = with_bytes(rows) if bytes_too else {"given": packed(rows)}
        writer.execute(statement, {**given, **alike})


@cache
def _adding(
    dialect: str,
    table: Table,
    names: tuple[str, ...],
    same: tuple[str, ...],
    once: ColumnElement[bool],
) -> Any:
    alike = {name: bindparam(f"same_{name}", type_=table.c[name].type) for name in same}
    return insert_listed(dialect, table, names, alike, once)


def insert_listed(
    dialect: str,
    table: Table,
    names: Sequence[str],
    alike: Mapping[str, ColumnElement[Any]],
    once: ColumnElement[bool] = _ALWAYS,
) -> Any:
    """An INSERT of the rows that the parameter of `listed` holds (the columns `names`), which
    understands `on_conflict_…`; the columns `alike` are the same in all. `once`, which no row can
    change, is asked before there is any. To be built once."""
    given = listed({name: table.c[name].type for name in names})
    # Without a WHERE, SQLite reads ON CONFLICT as a join's ON.
    rows = select(given, *(value.label(name) for name, value in alike.items())).where(once)
    columns = [*names, *alike]
    return insert_on(dialect, table).from_select(columns, rows, include_defaults=False)


def read_rows(connection: Connection, query: Select[Any]) -> Iterable[Sequence[Any]]:
    """The rows of `query` one after the other, quickly where they hold many bytes: PostgreSQL would
    spell those out as text of twice their length. It reads on while the first rows are worked on:
    until the last one is taken, or none any more, the connection can't be asked anything else."""
    if connection.dialect.name != "postgresql":
        return _read_once(connection, query)
    # Imported here: SQLite needs no driver for PostgreSQL.
    from psycopg import capabilities

    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    driver: Any = connection.connection.driver_connection
    rows: Iterable[Sequence[Any]] = driver.cursor(binary=True).stream(
        str(compiled), compiled.params, size=_TOGETHER if capabilities.has_stream_chunked() else 1
    )
    return rows


def _read_once(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """On SQLite, without a cache of what is read: filling it costs more than reading."""
    (usual,) = connection.exec_driver_sql("PRAGMA cache_size").one()
    connection.exec_driver_sql(f"PRAGMA cache_size={_FEW_PAGES}")
    try:
        yield from connection.execute(query)
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


def reserve_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """`count` ids that no other row of `table` has or gets, for `add_rows`.

    On SQLite the transaction must be a writing one: it is alone until it ends.
    """
    if connection.dialect.name == "postgresql":
        query = text(
            "SELECT array_agg(nextval(pg_get_serial_sequence(:name, 'id')))"
            " FROM generate_series(1, :n)"
        )
        return connection.execute(query, {"name": table.name, "n": count}).scalar_one() or []
    last = connection.execute(_last_id(table)).scalar_one()
    return list(range(last + 1, last + 1 + count))


@cache
def _last_id(table: Table) -> Select[Any]:
    return select(func.coalesce(func.max(table.c.id), 0))


def _for_driver(connection: Connection, table: Table, name: str, value: Any) -> Any:
    dialect = connection.dialect
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process else value


def _as_text(driver: Any, value: Any) -> str | None:
    """`value` as COPY would write it in every row anew."""
    # Imported here: SQLite needs no driver for PostgreSQL.
    from psycopg.adapt import PyFormat, Transformer

    if value is None:
        return None
    written = Transformer(driver).get_dumper(value, PyFormat.TEXT).dump(value)
    return None if written is None else bytes(written).decode()
