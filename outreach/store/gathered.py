"""Many rows as one value: one step of the database for an answer, as `listed` for a question.

The driver gives Python's lock away at every step, which is every row. Beside an event loop that
wants it too, getting it back takes longer than the row.
"""

from __future__ import annotations

from collections import ChainMap, namedtuple
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from sqlalchemy import Boolean, Connection, DateTime, LargeBinary, Select, Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine


class _rows(GenericFunction[str]):  # noqa: N801 - a function is named as SQL does
    """All rows of a JSON array of their columns each."""

    type = Text()
    inherit_cache = True


class _spelt(GenericFunction[str]):  # noqa: N801
    """Bytes as hexadecimal text: JSON has none."""

    type = Text()
    inherit_cache = True


class Gathered:
    """`query`, whose columns hold text, numbers, truths, moments or bytes, for `all`. To be built
    once."""

    def __init__(self, query: Select[Any]) -> None:
        found = query.subquery("found")
        columns = list(found.c)
        kinds = [_kind(column.type) for column in columns]
        self._row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]
        self._readers = [(at, _READERS[kind]) for at, kind in enumerate(kinds) if kind in _READERS]
        given = [
            _spelt(column) if kind is LargeBinary else column
            for column, kind in zip(columns, kinds, strict=True)
        ]
        self.statement = select(_rows(*given))

    def all(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """The rows, with the names of the query's columns, in its order."""
        return self.read(connection.execute(self.statement, given).scalar_one())

    def apart(self, _dialect: str) -> bool:
        """Whether it can't be asked together with others."""
        return False

    def read(self, text: str) -> list[Any]:
        """The same of what the `statement` gave."""
        return list(map(self._row._make, self._read(orjson.loads(text))))

    def _read(self, rows: list[list[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            for at, read in self._readers:
                value = row[at]
                if value is not None:
                    row[at] = read(value)
            yield row


class Returned(Gathered):
    """The same of what a statement that writes gives back, in no order. What is asked together with
    it sees nothing of what it wrote. SQLite writes with whole statements only."""

    def __init__(self, writing: ReturningInsert[Any]) -> None:
        super().__init__(select(writing.cte("written")))
        self._writing = writing

    def all(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """The rows."""
        if self.apart(connection.dialect.name):
            return list(connection.execute(self._writing, given))
        return super().all(connection, given)

    def apart(self, dialect: str) -> bool:
        """Whether it can't be asked together with others."""
        return dialect == "sqlite"


@dataclass(frozen=True)
class Question:
    """A query and its parameters, to be asked by itself (`all`) or `together` with others."""

    gathered: Gathered
    given: Mapping[str, Any]

    def all(self, connection: Connection) -> list[Any]:
        """The rows."""
        return self.gathered.all(connection, self.given)


def together(connection: Connection, *questions: Question) -> list[list[Any]]:
    """The rows of each of `questions`, whose parameters have different names, in one statement;
    what can't be part of one is asked first."""
    dialect = connection.dialect.name
    found = {
        at: question.all(connection)
        for at, question in enumerate(questions)
        if question.gathered.apart(dialect)
    }
    rest = [at for at in range(len(questions)) if at not in found]
    statement = _together(tuple(questions[at].gathered for at in rest))
    given = ChainMap(*(dict(questions[at].given) for at in rest))
    texts = connection.execute(statement, given).one()
    found |= {at: questions[at].gathered.read(text) for at, text in zip(rest, texts, strict=True)}
    return [found[at] for at in range(len(questions))]


@cache
def _together(asked: tuple[Gathered, ...]) -> Select[Any]:
    return select(*(gathered.statement.scalar_subquery() for gathered in asked))


def _kind(column_type: TypeEngine[Any]) -> type | None:
    kind = getattr(column_type, "impl", column_type)
    return next((known for known in _READERS if isinstance(kind, known)), None)


# Of many rows of a chunk it is the same one.
@lru_cache(maxsize=256)
def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_READERS: dict[type, Callable[[Any], Any]] = {
    DateTime: _moment,
    Boolean: bool,
    LargeBinary: bytes.fromhex,
}


@compiles(_rows)
def _rows_on_sqlite(element: _rows, compiler: Any, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


@compiles(_rows, "postgresql")
def _rows_on_postgresql(element: _rows, compiler: Any, **options: Any) -> str:
    row = f"json_build_array({compiler.process(element.clauses, **options)})"
    return f"coalesce(CAST(json_agg({row}) AS text), '[]')"


@compiles(_spelt)
def _spelt_on_sqlite(element: _spelt, compiler: Any, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    # SQLite spells NULL as no bytes.
    return f"iif({value} IS NULL, NULL, hex({value}))"


@compiles(_spelt, "postgresql")
def _spelt_on_postgresql(element: _spelt, compiler: Any, **options: Any) -> str:
    return f"encode({compiler.process(element.clauses, **options)}, 'hex')"
