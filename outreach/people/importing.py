"""Imports a contact file: good rows land, bad ones are named and kept to be mended.

Rows are taken in chunks, each its own transaction of a fraction of a second, so that a STOP never
waits long behind an import. An import that dies half-way has lost nothing: what it took stays, and
the second run takes the rest and ends with the same register.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import Engine

from outreach.kernel.ahead import ahead
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput
from outreach.kernel.mask import mask, scrub
from outreach.kernel.sealing import Vault
from outreach.people.enrolment import Found, Tally, enrol, found, plan
from outreach.people.files import open_rows
from outreach.people.places import communities, gazetteer
from outreach.people.rejects import Rejects
from outreach.people.rows import Line
from outreach.people.rules.columns import TOP, Columns, guess, misplaced, recognised
from outreach.people.rules.community import Communities
from outreach.people.rules.days import local_day
from outreach.people.rules.gazetteer import Gazetteer
from outreach.people.rules.numbers import HOME
from outreach.people.rules.reasons import Reason
from outreach.people.rules.row import Community, Entry, Place, Wrong, read
from outreach.store.engine import reading, transaction

CHUNK = 5_000
# Rows that are looked at before the first is taken, and rejected ones that a report shows.
_SAMPLE, _SHOWN_ROWS = 200, 20
_SHOWN_SIGNS = 20


@dataclass(frozen=True)
class Choices:
    """What the sender of a file says about it: which header is which field (see
    `rules.columns.choices`), which sheet, and the country of numbers that name none."""

    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    country: str = HOME


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
    `opted_out` said STOP before. `rejected` rows are counted by `reasons` (a row may have several);
    the first of them are `samples`. `columns` maps fields to headers. `rejects_path` is the file to
    mend, if there is one."""

    rows: int
    added: int
    updated: int
    unchanged: int
    duplicates: int
    listed: int
    opted_out: int
    rejected: int
    reasons: Mapping[str, int]
    samples: tuple[Rejection, ...]
    sheet: str
    header_line: int
    columns: Mapping[str, str]
    ignored_columns: tuple[str, ...]
    rejects_path: Path | None


# A row that can't be used, with what is wrong; and how many rows were read, with what they are.
_Refused = tuple[Line, tuple[Wrong, ...]]
_Chunk = tuple[int, list[Found | _Refused]]


@dataclass
class _Work:
    columns: Columns
    vault: Vault
    today: date
    place: Place
    country: str
    community: Community
    rejects: Rejects | None = None
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    samples: list[Rejection] = field(default_factory=list)

    def chunks(self, lines: Iterator[Line], size: int) -> Iterator[_Chunk]:
        """`lines` read, `size` at a time; notes nothing."""
        while some := list(islice(lines, size)):
            yield len(some), [self._read(line) for line in some]

    def _read(self, line: Line) -> Found | _Refused:
        at, cells = self.columns.at, line.cells
        width = len(cells)
        if width > len(self.columns.header) and any(cells[len(self.columns.header) :]):
            return line, (Wrong("row", Reason.CELLS),)
        by_field = {name: cells[i] for name, i in at.items() if i < width}
        entry = read(by_field, self.today, self.place, self.country, self.community)
        return found(entry, self.vault) if isinstance(entry, Entry) else (line, entry)

    def report(
        self, tally: Tally, sheet: str, header_line: int, rejects_path: Path | None
    ) -> ImportReport:
        return ImportReport(
            rejected=self.rejected,
            reasons=dict(self.reasons.most_common()),
            samples=tuple(self.samples),
            sheet=sheet,
            header_line=header_line,
            columns={name: scrub(self.columns.named(name)) for name in self.columns.at},
            ignored_columns=self.columns.ignored,
            rejects_path=rejects_path,
            **tally.as_dict(),
        )

    def good(self, rows: Iterable[Found | _Refused]) -> list[Found]:
        """The usable ones; notes the others."""
        usable: list[Found] = []
        for row in rows:
            if isinstance(row, Found):
                usable.append(row)
            else:
                self._reject(*row)
        return usable

    def _reject(self, line: Line, wrong: tuple[Wrong, ...]) -> None:
        columns = "; ".join(dict.fromkeys(self.columns.named(item.field) for item in wrong))
        en = " ".join(dict.fromkeys(item.reason.en for item in wrong))
        km = " ".join(dict.fromkeys(item.reason.km for item in wrong))
        if self.rejects is not None:
            self.rejects.add(line.cells, line.number, columns, km, en)
        self.rejected += 1
        self.reasons.update({item.reason.en for item in wrong})
        if len(self.samples) < _SHOWN_ROWS:
            at = self.columns.at["phone"]
            masked = _shown(line.cells[at]) if at < len(line.cells) else ""
            self.samples.append(Rejection(line.number, columns, en, masked))


def import_contacts(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    path: Path,
    *,
    dry_run: bool,
    rejects_path: Path,
    progress: Callable[[int, int | None], None],
    choices: Choices = Choices(),
    chunk: int = CHUNK,
) -> ImportReport:
    """Imports `path` into the register; a dry run changes nothing and writes nothing.

    `progress` hears how many rows were read, of how many where that is known. Raises NotFound or
    BadInput where the file as a whole can't be used; nothing is taken then.
    """
    tally = Tally()
    with open_rows(path, choices.sheet) as given:
        header, lines = _header(given.lines, path, choices)
        columns = guess(header.cells, f"{path.name}, line {header.number}", choices.columns)
        lines = _checked(lines, columns, header, path)
        today = local_day(clock.now())
        place = lru_cache(8_192)(_places(engine, columns).find)
        named = communities(engine) if "community" in columns.at else Communities(())
        community = lru_cache(8_192)(named.find)
        work = _Work(columns, vault, today, place, choices.country, community)
        with _read_ahead(work, lines, chunk) as chunks, _uncollected() as tidy:
            # Made after the process that reads ahead, which would hold it too.
            work.rejects = None if dry_run else Rejects(rejects_path, columns.header)
            try:
                for count, rows in chunks:
                    tally.rows += count
                    _take(engine, clock, work.good(rows), tally, dry_run=dry_run)
                    progress(tally.rows, given.total)
                    tidy()
                kept = work.rejects.keep() if work.rejects else None
            finally:
                if work.rejects:
                    work.rejects.close()
    return work.report(tally, given.sheet, header.number, kept)


def _read_ahead(
    work: _Work, lines: Iterator[Line], size: int
) -> AbstractContextManager[Iterator[_Chunk]]:
    """The chunks of a file, those of a long one read in a second process: reading costs as much as
    writing does."""
    first = list(islice(lines, size))
    chunks = work.chunks(chain(first, lines), size)
    return ahead(chunks) if len(first) == size else nullcontext(chunks)


@contextmanager
def _uncollected() -> Iterator[Callable[[], object]]:
    """Without Python's search for cycles, which takes a tenth of the time and finds hardly any;
    what it gives looks among what is new."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield lambda: gc.collect(1)
    finally:
        if enabled:
            gc.enable()


def _header(lines: Iterator[Line], path: Path, choices: Choices) -> tuple[Line, Iterator[Line]]:
    """The row that names the columns, be there titles above it, and the rows below it."""
    top = list(islice(lines, TOP))
    if not top:
        raise BadInput(
            "This file is empty.", where=path.name, remedy="Is it the right file, and sheet?"
        )
    wanted = choices.columns.get("phone")
    for at, line in enumerate(top):
        if recognised(line.cells) or (wanted and wanted in map(str.strip, line.cells)):
            return line, chain(top[at + 1 :], lines)
    return top[0], chain(top[1:], lines)


def _checked(lines: Iterator[Line], columns: Columns, header: Line, path: Path) -> Iterator[Line]:
    """`lines`, once a look at the first of them has shown that the phone column is one."""
    sample = list(islice(lines, _SAMPLE))
    if not sample:
        raise BadInput(
            "There are headers, but no rows below them.",
            where=f"{path.name}, line {header.number}",
            remedy="Is it the right file, and sheet?",
        )
    elsewhere = misplaced(columns, [line.cells for line in sample])
    if elsewhere is not None:
        phone, other = columns.named("phone"), scrub(header.cells[elsewhere].strip())
        raise BadInput(
            f"The column {phone!r} has hardly any phone number, but {other!r} (column "
            f"{elsewhere + 1}) has them.",
            where=path.name,
            remedy=f"Put the headers right, or say: --column phone={other!r}.",
        )
    return chain(sample, lines)


def _places(engine: Engine, columns: Columns) -> Gazetteer:
    named = columns.at.keys() & {"province", "district", "commune"}
    places = gazetteer(engine) if named else Gazetteer(())
    if named and not places:
        raise BadInput(
            "The file names places, but the gazetteer is empty.", remedy="Run: outreach places load"
        )
    return places


def _shown(cell: str) -> str:
    # What is no number may be anything: a terminal's escape codes, a page of text.
    return mask("".join(c for c in cell if c.isprintable())[:_SHOWN_SIGNS])


def _take(
    engine: Engine,
    clock: Clock,
    entries: Sequence[Found],
    tally: Tally,
    *,
    dry_run: bool,
) -> None:
    now = clock.now()
    if dry_run:
        with reading(engine) as connection:
            plan(connection, entries, now, tally)
        return
    with transaction(engine) as connection:
        enrol(connection, entries, now, tally)
