"""What readers of contact files hand out: rows, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from outreach.kernel.errors import BadInput

SAVE_AS = "Save it as CSV (UTF-8) or XLSX."
# No list has more columns, and no row of a workbook lies further down.
MOST_COLUMNS, MOST_ROWS = 500, 1_048_576


class Line(NamedTuple):
    """A row with the number of its (first) line in the file, from 1."""

    number: int
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Line(number={self.number})"


@dataclass(frozen=True)
class Rows:
    """The rows of a file without blank ones; `total` where it is known, and the `sheet` of a
    workbook."""

    lines: Iterator[Line] = field(repr=False)
    total: int | None = None
    sheet: str = ""


def refused(path: Path, message: str, remedy: str = SAVE_AS, at: str = "") -> BadInput:
    """An error about the file at `path`; `at` says where in it."""
    return BadInput(message, where=f"{path.name}, {at}" if at else path.name, remedy=remedy)
