"""Many values in one statement, as one parameter: one step of the database for a whole batch.

A statement per row takes and gives Python's lock once a row, beside an event loop that wants it
too; a list of parameters makes another statement for every length. These are built once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import NullType, TypeEngine


class _each(GenericFunction[Any]):  # noqa: N801 - a function is named as SQL does
    """The elements of a JSON array, as rows with the column `value`."""

    inherit_cache = True


class _item(GenericFunction[Any]):  # noqa: N801
    """An item of a JSON array, by its position, as a value of `type`; without one, what stands
    there itself."""

    inherit_cache = True


class _one_of(GenericFunction[Any]):  # noqa: N801
    """Whether a column is one of the values that a query gives."""

    # Not said to be a truth, which would become "(…) = 1" on SQLite, and no index be read.
    type = NullType()
    inherit_cache = True


def listed(types: Mapping[str, TypeEngine[Any]], name: str = "given") -> Subquery:
    """The parameter `name` as a table with the columns that `types` names: see `packed`, where some
    are bytes `with_bytes`."""
    each = _each(bindparam(name, type_=Text)).table_valued("value")
    columns: list[ColumnElement[Any]] = []
    position = 0
    for column, kind in types.items():
        value: ColumnElement[Any]
        if isinstance(kind, LargeBinary):
            start, length = (_number(each.c.value, position + side) for side in (0, 1))
            value = func.substr(bindparam(f"{name}_bytes", type_=LargeBinary), start, length)
            position += 2
        else:
            value = _item(each.c.value, position, type_=kind)
            position += 1
        columns.append(type_coerce(value, kind).label(column))
    return select(*columns).subquery(name)


def _number(value: ColumnElement[Any], position: int) -> ColumnElement[int]:
    return cast(_item(value, position, type_=Integer()), Integer)


def among(column: ColumnElement[Any], name: str = "ids") -> ColumnElement[bool]:
    """`column IN` the parameter `name` (see `packed_values`)."""
    each = _each(bindparam(name, type_=Text)).table_valued("value")
    return one_of(column, select(_item(each.c.value, type_=column.type)))


def one_of(column: ColumnElement[Any], values: Select[Any]) -> ColumnElement[bool]:
    """`column IN` what a query without tables gives."""
    return _one_of(column, values.scalar_subquery())


def packed(rows: Iterable[Iterable[Any]]) -> str:
    """`rows` for the parameter of `listed`: text, whole numbers, None and moments."""
    given = [*map(tuple, rows)]
    return orjson.dumps(given, _moment, orjson.OPT_PASSTHROUGH_DATETIME).decode()


def with_bytes(rows: Iterable[Iterable[Any]], name: str = "given") -> dict[str, Any]:
    """`rows` for the parameters of `listed`, bytes among them: JSON has none, so all stand one
    after another in a parameter beside it, and JSON says where."""
    # Never empty, which SQLite would take for NULL.
    pieces, items = bytearray(1), []
    for row in rows:
        item: list[Any] = []
        for value in row:
            if isinstance(value, bytes):
                item += (len(pieces) + 1, len(value))
                pieces += value
            else:
                item.append(value)
        items.append(item)
    return {name: packed(items), f"{name}_bytes": bytes(pieces)}


def parted(
    names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]], dict[str, Any]]:
    """Takes out of `rows` (of the columns `names`) what is alike in all, but for the first column:
    of a chunk that is most, and the database reads it once. The names and rows that are left, and
    what was alike."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    _, *others = columns
    alike = {n: columns[n][0] for n in others if columns[n].count(columns[n][0]) == len(rows)}
    left = tuple(name for name in names if name not in alike)
    return left, list(zip(*(columns[name] for name in left), strict=True)), alike


def packed_values(values: Iterable[Any]) -> str:
    """`values` for the parameter of `among`: text or whole numbers."""
    return orjson.dumps([*values]).decode()


@lru_cache(maxsize=256)
def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@compiles(_each)
def _each_on_sqlite(element: _each, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_each, "postgresql")
def _each_on_postgresql(element: _each, compiler: Any, after: str = "", **options: Any) -> str:
    array = f"CAST({compiler.process(element.clauses, **options)} AS jsonb)"
    if after:  # a part of one statement: no row is there before that part is done (`chained`)
        array = f"CASE WHEN (SELECT count(*) FROM {after}) >= 0 THEN {array} END"  # noqa: S608
    return f"jsonb_array_elements({array})"


@compiles(_one_of)
def _one_of_on_sqlite(element: _one_of, compiler: Any, **options: Any) -> str:
    column, query = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN {query})"


@compiles(_one_of, "postgresql")
def _one_of_on_postgresql(element: _one_of, compiler: Any, **options: Any) -> str:
    # As an array: of a query it expects so many rows that it rather reads the whole table. And of
    # an ARRAY: what is cast to one would be read anew for every row of a table that it reads whole.
    column, query = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY (ARRAY{query}))"


@compiles(_item)
def _item_on_sqlite(element: _item, compiler: Any, **options: Any) -> str:
    value, *position = element.clauses
    text = compiler.process(value, **options)
    return f"json_extract({text}, '$[{position[0].value}]')" if position else text


@compiles(_item, "postgresql")
def _item_on_postgresql(element: _item, compiler: Any, **options: Any) -> str:
    value, *position = element.clauses
    where = f"->> {position[0].value}" if position else "#>> '{}'"
    text = f"({compiler.process(value, **options)} {where})"
    kind = getattr(element.type, "impl", element.type)
    if isinstance(kind, DateTime):
        return f"CAST({text} || '+00' AS timestamptz)"
    if isinstance(kind, Boolean):
        return f"CAST({text} AS boolean)"
    return f"CAST({text} AS bigint)" if isinstance(kind, Integer) else text
