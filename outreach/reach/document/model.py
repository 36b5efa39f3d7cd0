"""The report document: tables with their captions, in every language, as they were published.

A chart has no numbers of its own: it shows one column of the table that it lies in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

# The same text by language.
Words = Mapping[str, str]
# The version of this form; a kept document names it.
FORM = 1


class Kind(StrEnum):
    """What a cell is."""

    COUNT = "count"
    SHARE = "share"  # 0.25 is 25 %
    POINTS = "points"  # a difference of two shares, in whole percentage points
    MONEY = "money"  # in the currency that the row or the title names
    WORDS = "words"
    HIDDEN = "hidden"  # a number that may not be shown (S27)
    NOT_MEASURED = "not_measured"
    NO_BASE = "no_base"  # a share of nothing


@dataclass(frozen=True)
class Cell:
    """One figure, or why there is none. `number` is of a count, a share, points and money alone,
    `words` of words alone."""

    kind: Kind
    number: int | float | None = None
    words: Words | None = None


@dataclass(frozen=True)
class Column:
    """A column by its key; `given` where its numbers were given to us, or follow from such: a
    target, a gap. They are nobody's cell."""

    key: str
    title: Words
    given: bool = False


@dataclass(frozen=True)
class Row:
    """A row by its key; one cell for each column."""

    key: str
    name: Words
    cells: tuple[Cell, ...]


class Drawing(StrEnum):
    """How a chart shows its column."""

    BARS = "bars"
    TILES = "tiles"  # a map of the provinces: the rows' keys are their codes


@dataclass(frozen=True)
class Chart:
    """A picture of one column; `alternative` says in words what it shows."""

    drawing: Drawing
    column: str
    alternative: Words


@dataclass(frozen=True)
class Section:
    """One table. `unit` is what is counted and `base` among whom or what; `head` names the rows."""

    key: str
    title: Words
    unit: Words
    base: Words
    head: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Words, ...] = ()
    chart: Chart | None = None

    def cell(self, row: str, column: str) -> Cell | None:
        """A cell by the keys of its row and column, or None."""
        position = next((n for n, c in enumerate(self.columns) if c.key == column), None)
        found = next((r for r in self.rows if r.key == row), None)
        return None if position is None or found is None else found.cells[position]

    def column(self, key: str) -> Iterator[tuple[Row, Cell]]:
        """Each row with its cell of one column."""
        position = [c.key for c in self.columns].index(key)
        for row in self.rows:
            yield row, row.cells[position]

    @property
    def figures(self) -> int:
        """How many cells are no words."""
        return sum(cell.kind is not Kind.WORDS for row in self.rows for cell in row.cells)

    @property
    def hidden(self) -> int:
        """How many cells are hidden."""
        return sum(cell.kind is Kind.HIDDEN for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Document:
    """One report. `since` and `until` are local days, both included, None: from the first, to the
    last known; `last` is the newest day known when it was made, at `as_of`. A `draft` is not
    published: its figures may change. `campaigns` are those that it counts;
    `notices` come before the figures, `notes` after them."""

    form: int
    title: Words
    period: Words
    since: date | None
    until: date | None
    last: date | None
    as_of: datetime
    rules: str
    draft: bool
    campaigns: tuple[Words, ...]
    notices: tuple[Words, ...]
    sections: tuple[Section, ...]
    notes: tuple[Words, ...]

    def section(self, key: str) -> Section | None:
        """A section by its key, or None."""
        return next((section for section in self.sections if section.key == key), None)


@lru_cache(maxsize=1)
def _adapter() -> Any:
    return TypeAdapter(Document)


def to_json(document: Document) -> str:
    """The document as it is kept."""
    text: str = _adapter().dump_json(document).decode()
    return text


def from_json(text: str) -> Document:
    """A document that was kept."""
    found: Document = _adapter().validate_json(text)
    return found
