"""Imports a contact file: good rows land, bad ones are named and kept to be mended.

Rows are taken in chunks, each its own transaction, so that a STOP never waits behind an import.
An import that dies half-way has lost nothing: what it took stays, and the second run takes the rest
and ends with the same register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput
from outreach.kernel.mask import mask
from outreach.kernel.sealing import Vault
from outreach.people.enrolment import Tally, enrol, plan
from outreach.people.files import Line, open_rows
from outreach.people.places import gazetteer
from outreach.people.rejects import Rejects
from outreach.people.rules.columns import Columns, guess
from outreach.people.rules.gazetteer import Gazetteer
from outreach.people.rules.reasons import Reason
from outreach.people.rules.row import Entry, Place, Wrong, read
from outreach.store.engine import reading, transaction

_CHUNK = 500
_SHOWN = 20
_HOME_ZONE = ZoneInfo("Asia/Phnom_Penh")


@dataclass(frozen=True)
class Rejection:
    """A row that can't be used, as it may be shown: `column` as the file names it, the number
    masked, one reason (several are joined)."""

    line: int
    column: str
    reason: str
    masked: str


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or (dry run) would do. `listed` of the people are without consent,
    `opted_out` said STOP before. `rejects_path` is the file to mend, if there is one."""

    rows: int
    added: int
    updated: int
    unchanged: int
    duplicates: int
    listed: int
    opted_out: int
    rejected: tuple[Rejection, ...]
    ignored_columns: tuple[str, ...]
    rejects_path: Path | None


@dataclass
class _Import:
    columns: Columns
    today: date
    place: Place
    rejects: Rejects | None
    rejected: list[Rejection] = field(default_factory=list)

    def read(self, line: Line) -> Entry | None:
        at, cells = self.columns.at, line.cells
        if len(cells) > len(self.columns.header) and any(cells[len(self.columns.header) :]):
            found: Entry | tuple[Wrong, ...] = (Wrong("row", Reason.CELLS),)
        else:
            by_field = {name: cells[i] for name, i in at.items() if i < len(cells)}
            found = read(by_field, self.today, self.place)
        if isinstance(found, Entry):
            return found
        self._reject(line, found)
        return None

    def _reject(self, line: Line, wrong: tuple[Wrong, ...]) -> None:
        columns = "; ".join(dict.fromkeys(self.columns.named(item.field) for item in wrong))
        en = " ".join(dict.fromkeys(item.reason.en for item in wrong))
        km = " ".join(dict.fromkeys(item.reason.km for item in wrong))
        at = self.columns.at["phone"]
        masked = _shown(line.cells[at]) if at < len(line.cells) else ""
        if self.rejects is not None:
            self.rejects.add(line.cells, line.number, columns, km, en)
        self.rejected.append(Rejection(line.number, columns, en, masked))


def import_contacts(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    path: Path,
    *,
    dry_run: bool,
    rejects_path: Path,
    progress: Callable[[int], None],
) -> ImportReport:
    """Imports `path` into the register; a dry run changes nothing and writes nothing.

    `progress` hears how many rows were read. Raises NotFound or BadInput where the file as a whole
    can't be used.
    """
    tally = Tally()
    with open_rows(path) as lines:
        columns = _columns(lines, path)
        today = clock.now().astimezone(_HOME_ZONE).date()
        place = lru_cache(4_096)(_places(engine, columns).find)
        rejects = None if dry_run else Rejects(rejects_path, columns.header)
        work = _Import(columns, today, place, rejects)
        try:
            for chunk in _chunks(lines):
                entries = [entry for line in chunk if (entry := work.read(line))]
                tally.rows += len(chunk)
                _take(engine, vault, clock, entries, tally, dry_run=dry_run)
                progress(tally.rows)
            kept = rejects.keep() if rejects else None
        finally:
            if rejects:
                rejects.close()
    return ImportReport(
        rejected=tuple(work.rejected),
        ignored_columns=columns.ignored,
        rejects_path=kept,
        **tally.as_dict(),
    )


def _columns(lines: Iterator[Line], path: Path) -> Columns:
    header = next(lines, None)
    if header is None:
        raise BadInput(
            "This file is empty.", where=path.name, remedy="Is it the right file, and sheet?"
        )
    return guess(header.cells, header.number)


def _places(engine: Engine, columns: Columns) -> Gazetteer:
    places = gazetteer(engine)
    if not places and not columns.at.keys().isdisjoint(("province", "district", "commune")):
        raise BadInput(
            "The file names places, but the gazetteer is empty.", remedy="Run: outreach places load"
        )
    return places


def _shown(cell: str) -> str:
    # What is no number may be anything: a terminal's escape codes, a page of text.
    return mask("".join(c for c in cell if c.isprintable())[:_SHOWN])


def _take(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    entries: Sequence[Entry],
    tally: Tally,
    *,
    dry_run: bool,
) -> None:
    now = clock.now()
    if dry_run:
        with reading(engine) as connection:
            plan(connection, vault, entries, now, tally)
        return
    with transaction(engine) as connection:
        enrol(connection, vault, entries, now, tally)


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, _CHUNK)):
        yield chunk
