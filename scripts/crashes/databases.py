"""Prepares one database with people and a campaign, and copies it for each run."""

from __future__ import annotations

import contextlib
import csv
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from outreach.bootstrap import metadata
from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.content.shipped import Shipped, shipped_of
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Conflict
from outreach.kernel.sealing import new_keys
from outreach.language.match import match
from outreach.people.importing import import_contacts
from outreach.planning import campaigns
from outreach.settings import load_settings
from outreach.store.engine import make_engine
from outreach.store.migrate import upgrade
from scripts import postgres
from scripts.crashes.world import START

SLUG = "safe-migration"
_FIRES = "2026-03-02T18:00"


@dataclass(frozen=True)
class Prepared:
    """A database to copy: a file, or `template` on the PostgreSQL server at `server`; and what its
    processes would read when they start."""

    folder: Path
    keys: dict[str, str]
    shipped: Shipped
    server: str = ""
    template: str = ""

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
        copied = postgres.own(f"crash_{name}")
        with postgres.database(self.server, copied, self.template) as url:
            yield url


@contextlib.contextmanager
def prepared(kind: str, people: int) -> Iterator[Prepared]:
    """A database of `kind` with `people` in it and the campaign about to fire."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="outreach-crashes-"))
        keys = {"secret_keys": new_keys(), "help_keys": new_keys()}
        found = Prepared(Path(folder), keys, shipped_of(load_settings()))
        url = f"sqlite:///{folder}/template.sqlite"
        if kind == "postgresql":
            server, template = stack.enter_context(postgres.server()), postgres.own("crashes")
            found = replace(found, server=server, template=template)
            url = stack.enter_context(postgres.database(server, template))
        _fill(url, found, people)
        # Before the forks: who starts has read it before the first text comes.
        match("nothing that anybody would text us")
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
