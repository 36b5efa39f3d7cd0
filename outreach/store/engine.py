"""Opens the database and its transactions: SQLite (the default) or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError

from outreach.kernel.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from psycopg import AsyncConnection

# How long a writer waits for SQLite's one writer lock before it gives up.
_BUSY_SECONDS = 30
# What is wrong with SQLite's file, by how the error's name begins.
_FILE = {
    "SQLITE_CANTOPEN": "The database's file can't be opened.",
    "SQLITE_READONLY": "The database's file can't be written.",
    "SQLITE_NOTADB": "This file is no database.",
    "SQLITE_FULL": "There is no room for the database.",
    "SQLITE_IOERR": "The database's file can't be read or written.",
    "SQLITE_BUSY": "Another process has been writing to the database for too long.",
}
# How a transaction begins, and how one that only reads: PostgreSQL gives each statement a snapshot
# of its own unless it is asked for one. On SQLite a deferred transaction that turns into a writer
# fails at once with "locked" when another writer was faster; an immediate one waits its turn.
_BEGIN = {
    "sqlite": ("BEGIN IMMEDIATE", "BEGIN"),
    "postgresql": ("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
}


def make_engine(url: str) -> Engine:
    """The engine of `sqlite:///path` or `postgresql://…`; raises BadInput for anything else.

    Parameters are hidden from errors and logs: they hold numbers and texts (S18).
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",  # the driver's own BEGIN makes way for ours
            pool_use_lifo=True,  # what a connection has prepared is used again
            use_native_hstore=False,  # no column has it: the first connection need not ask for it
        )
    else:
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            hide_parameters=True,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One use case, one transaction: commits at the end, rolls back on any error.

    Raises Unavailable where PostgreSQL is away, or broke a deadlock: do it again; and where
    SQLite's file can't be used, or somebody else keeps its writer lock.
    """
    with _answering(engine), engine.begin() as connection:
        yield connection


@contextmanager
def practising(engine: Engine) -> Iterator[Connection]:
    """A transaction of which nothing stays, whatever is written in it."""
    with transaction(engine) as connection:
        practice = connection.begin_nested()
        try:
            yield connection
        finally:
            # Not the whole of it: at a ROLLBACK the driver forgets the statements that it prepared.
            practice.rollback()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads, from one snapshot, without taking SQLite's writer lock."""
    with (
        _answering(engine),
        engine.connect().execution_options(read_only=True) as connection,
        connection.begin(),  # ends with COMMIT: at a ROLLBACK the driver forgets what it prepared
    ):
        yield connection


async def own_connection(engine: Engine) -> AsyncConnection:
    """A connection beside the pool, for the job queue: it listens, and commits by itself. Raises
    Unavailable."""
    # Imported here: SQLite needs no driver for PostgreSQL.
    import psycopg

    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        return await psycopg.AsyncConnection.connect(url, autocommit=True)
    except psycopg.Error as error:
        raise _away() from error


@contextmanager
def _answering(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        told = _told(engine, error)
        if told is None:
            raise
        raise told from error


def _told(engine: Engine, error: DatabaseError) -> Unavailable | None:
    """What an operator can mend, or None for a fault of ours."""
    if engine.dialect.name == "postgresql":
        return _away() if isinstance(error, OperationalError) else None
    name = getattr(error.orig, "sqlite_errorname", "")
    known = [said for begin, said in _FILE.items() if name.startswith(begin)]
    if not known:
        return None
    return Unavailable(
        known[0],
        where="OUTREACH_DATABASE_URL",
        remedy="Check the path, the room on the disk, that this user may write there, and what "
        "else uses the file.",
    )


def _away() -> Unavailable:
    return Unavailable(
        "The database does not answer.",
        where="OUTREACH_DATABASE_URL",
        remedy="Check that it runs and that this user may use it.",
    )


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise BadInput(
            "The database address is neither sqlite:///path nor postgresql://user@host/name.",
            where="OUTREACH_DATABASE_URL",
        )
    return parsed


def _prepare_sqlite(raw: Any, _record: object) -> None:
    # Python's own implicit BEGIN makes way for ours.
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "cache_size=-65536",
        "temp_store=MEMORY",
        # What was deleted or overwritten (a forgotten number) does not stay in the file.
        "secure_delete=FAST",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing, reading = _BEGIN[connection.dialect.name]
    begin = reading if connection.get_execution_options().get("read_only", False) else writing
    try:
        connection.exec_driver_sql(begin)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # It was cut while it lay idle, and the others with it: this one is new.
        connection.exec_driver_sql(begin)
