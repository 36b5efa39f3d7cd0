"""Statements that bring nothing back, as one: one step of the database for all that a batch writes.

At every step a thread gives Python's lock away, and beside a busy event loop it waits for it far
longer than the database works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

_PARAMETER = re.compile(r"%\((\w+)\)s")


class Writer(Protocol):
    """What those who only write need of a connection."""

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""

    def execute(self, statement: Any, parameters: Any, /) -> Any:
        """Does `statement`, now or later."""


@contextmanager
def chained(connection: Connection) -> Iterator[Writer]:
    """What is given to this writer is done in that order when the block ends: on PostgreSQL as one
    statement, on SQLite (which has none that writes twice) each at once.

    Each statement is one that is built once and reads its rows from `listed` or `among`; none sees
    what the others wrote, and no row may be written twice.
    """
    if connection.dialect.name != "postgresql":
        yield connection
        return
    chain = _Chain(connection.dialect)
    yield chain
    chain.write(connection)


class _Chain:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._statements: list[Executable] = []
        self._given: list[Mapping[str, Any]] = []

    def execute(self, statement: Executable, parameters: Mapping[str, Any], /) -> None:
        self._statements.append(statement)
        self._given.append(parameters)

    def write(self, connection: Connection) -> None:
        if self._statements:
            text, links = _linked(tuple(self._statements), self.dialect)
            given: dict[str, Any] = {}
            for link, parameters in zip(links, self._given, strict=True):
                given |= link.parameters(parameters)
            connection.exec_driver_sql(text, given)


@dataclass(frozen=True)
class _Link:
    """A statement's parameters in the chain: their names there, their values where none are given,
    and what makes of a value what the driver takes."""

    names: Mapping[str, str]
    values: Mapping[str, Any]
    makers: Mapping[str, Callable[[Any], Any] | None]

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        made = {}
        for name, value in {**self.values, **given}.items():
            make = self.makers[name]
            made[self.names[name]] = make(value) if make else value
        return made


@lru_cache(maxsize=256)
def _linked(statements: tuple[Executable, ...], dialect: Dialect) -> tuple[str, Sequence[_Link]]:
    """All of them as the parts of one statement, each of which waits for the one before it: of
    parts that nothing ties PostgreSQL does whichever it likes first."""
    parts, links, before = [], [], ""
    for number, statement in enumerate(statements):
        name = f"step_{number}"
        compiled = _compiled(statement, dialect, before)
        back = " RETURNING 1" if statement.is_dml else ""
        text = _PARAMETER.sub(rf"%({name}_\1)s", str(compiled))
        parts.append(f"{name} AS MATERIALIZED ({text}{back})")
        links.append(_link(compiled, name))
        before = name
    return f"WITH {', '.join(parts)} SELECT count(*) FROM {before}", links  # noqa: S608


def _compiled(statement: Any, dialect: Dialect, before: str) -> SQLCompiler:
    compiled: SQLCompiler = statement.compile(dialect=dialect, compile_kwargs={"after": before})
    if before not in str(compiled):
        raise ValueError("A statement that reads no `listed` can't wait for another one.")
    return compiled


def _link(compiled: SQLCompiler, prefix: str) -> _Link:
    dialect = compiled.dialect
    types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    return _Link(
        names={name: f"{prefix}_{name}" for name in types},
        values=compiled.params,
        makers={name: kind.bind_processor(dialect) for name, kind in types.items()},
    )
