"""Reads CSV of any usual encoding and delimiter, row by row.

A file is read through once before its first row is given out, so that one that can't be read to its
end is refused while nothing has changed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from outreach.people.rows import Line, Rows, refused
from outreach.people.rules.columns import TOP, recognised

_DELIMITERS = (",", ";", "\t", "|")
# Excel's own way of naming the delimiter.
_SEP = re.compile(r"\ufeff?\"?sep=(.)\"?[\r\n]*", re.IGNORECASE)
_BLOCK = 1 << 16
_LINE_MOST = 1 << 20
_BREAK = re.compile(rb"[\r\n]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Where every second byte is empty as often as this, it is UTF-16 without its mark.
_UTF16_SHARE = 0.1
_MEND = "Mend it, or save the file again as CSV (UTF-8)."
# A cell longer than this is no cell but a broken quote.
csv.field_size_limit(1 << 17)


@dataclass(frozen=True)
class _Form:
    """How a file is written: `skip` lines come before the table."""

    encoding: str
    delimiter: str
    skip: int


def csv_rows(path: Path, head: bytes) -> Rows:
    """The rows of a CSV file that begins with `head`; raises BadInput where it can't be read to
    its end."""
    candidates = _encodings(path, head)
    for encoding in candidates:
        try:
            form = _form(path, encoding)
            total = sum(1 for _ in _cells(path, form))
        except UnicodeError:
            continue
        return Rows(_lines(path, form), total)
    raise refused(path, f"This file says that it is {candidates[0]}, but is not.")


def _lines(path: Path, form: _Form) -> Iterator[Line]:
    for number, cells in _cells(path, form):
        if any(cell and not cell.isspace() for cell in cells):
            yield Line(number, tuple(cells))


def _cells(path: Path, form: _Form) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=form.encoding, newline="") as file:
        for _ in range(form.skip):
            file.readline()
        # Strict: a quote that is never closed would swallow all rows that follow.
        reader = csv.reader(file, delimiter=form.delimiter, strict=True)
        begins = 1 + form.skip
        try:
            for cells in reader:
                yield begins, cells
                begins = reader.line_num + 1 + form.skip
        except csv.Error as error:
            long = "field limit" in str(error)
            message = (
                "A cell of this row is longer than 130,000 signs: look for a stray quote."
                if long
                else "The row that begins here can't be read as CSV: look for a stray quote."
            )
            raise refused(path, message, _MEND, f"line {begins}") from error


def _form(path: Path, encoding: str) -> _Form:
    """The delimiter that the file names, else the one by which most headers are known."""
    with path.open(encoding=encoding, newline="") as file:
        top = list(islice(file, TOP))
    named = _SEP.fullmatch(top[0]) if top else None
    if named:
        return _Form(encoding, named[1], 1)
    first = next((line for line in top if line.strip()), "")

    def known(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO("".join(top)), delimiter=delimiter)
        try:
            return max((recognised(row) for row in rows), default=0), first.count(delimiter)
        except csv.Error:
            return 0, first.count(delimiter)

    return _Form(encoding, max(_DELIMITERS, key=known), 0)


def _encodings(path: Path, head: bytes) -> tuple[str, ...]:
    """The encoding that the file names by its byte order mark, else those to be tried: UTF-8, then
    the Western legacy ones (the last reads anything)."""
    if head.startswith(_UTF16):
        _look_through(path, nuls=True)
        return ("utf-16",)
    empty = head[0::2].count(0), head[1::2].count(0)
    if max(empty) > len(head) * _UTF16_SHARE and min(empty) == 0:
        _look_through(path, nuls=True)
        return ("utf-16-be" if empty[0] else "utf-16-le",)
    _look_through(path, nuls=False)
    return ("utf-8-sig",) if head.startswith(codecs.BOM_UTF8) else ("utf-8", "cp1252", "latin-1")


def _look_through(path: Path, *, nuls: bool) -> None:
    """Raises BadInput for what no text has: NUL bytes (unless its encoding has them), or a line so
    long that it would fill the memory."""
    run = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if not nuls and b"\x00" in block:
                raise refused(path, "This is no text file, or a damaged one: it has NUL bytes.")
            last = max(block.rfind(b"\n"), block.rfind(b"\r"))
            first = _BREAK.search(block)
            run += first.start() if first else len(block)
            if run > _LINE_MOST:
                message = "A line of this file is longer than a million signs: it is no list."
                raise refused(path, message)
            run = len(block) - last - 1 if first else run
