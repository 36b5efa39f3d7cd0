"""Reads contact files as they come, row by row: CSV of any usual encoding, or XLSX.

A CSV file is read through once before its first row is given out, so that one that can't be read
to its end is refused while nothing has changed.
"""

from __future__ import annotations

import codecs
import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from outreach.kernel.errors import BadInput, NotFound

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 16
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WORKBOOKS = (".xlsx", ".xlsm")
_SAVE_AS = "Save it as CSV (UTF-8) or XLSX."
# What the reader of workbooks raises on a damaged one; broken XML is a SyntaxError.
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
)
# A cell longer than this is no cell but a broken quote.
csv.field_size_limit(1 << 17)


@dataclass(frozen=True)
class Line:
    """A row with the number of its (first) line in the file, from 1."""

    number: int
    cells: tuple[str, ...] = field(repr=False)


@contextmanager
def open_rows(path: Path) -> Iterator[Iterator[Line]]:
    """The rows of a file without blank ones; raises NotFound, or BadInput for what is no table."""
    if not path.is_file():
        raise NotFound("There is no such file.", where=str(path))
    kind = _first_bytes(path)
    if kind == _ZIP:
        with _workbook(path) as rows:
            yield rows
    elif kind == _OLD_EXCEL:
        raise BadInput(
            "This is an old Excel file, or one with a password.", where=path.name, remedy=_SAVE_AS
        )
    elif path.suffix.lower() in _WORKBOOKS:
        raise BadInput("This is not an Excel workbook.", where=path.name, remedy=_SAVE_AS)
    else:
        encoding = _encoding(path, kind)
        yield _csv_rows(path, encoding)


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except PermissionError as error:
        raise BadInput(
            "This file may not be read.", where=path.name, remedy="Ask its owner for leave."
        ) from error


def _csv_rows(path: Path, encoding: str) -> Iterator[Line]:
    with path.open(encoding=encoding, newline="") as file:
        first = next((line for line in file if line.strip()), "")
        file.seek(0)
        # Strict: a quote that is never closed would swallow all rows that follow.
        reader = csv.reader(file, delimiter=max(_DELIMITERS, key=first.count), strict=True)
        begins = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise BadInput(
                    "The row that begins here can't be read as CSV: look for a stray quote.",
                    where=f"{path.name}, line {begins}",
                    remedy="Mend it, or save the file again as CSV (UTF-8).",
                ) from error
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield Line(begins, tuple(cells))
            begins = reader.line_num + 1


@contextmanager
def _workbook(path: Path) -> Iterator[Iterator[Line]]:
    with warnings.catch_warnings(), path.open("rb") as file:
        # Styles and drop-downs that it can't keep are no loss to who only reads.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except _DAMAGED as error:
            raise BadInput(
                "This is not an Excel workbook.", where=path.name, remedy=_SAVE_AS
            ) from error
        try:
            yield _sheet_rows(book, path)
        finally:
            book.close()


def _sheet_rows(book: openpyxl.Workbook, path: Path) -> Iterator[Line]:
    number = 0
    try:
        sheet = book.worksheets[0]
        # Some programs write a wrong size, and only its first column would be read.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if any(value not in (None, "") for value in row):
                yield Line(number, tuple(_cell(value) for value in row))
    except _DAMAGED as error:
        raise BadInput(
            "The workbook is damaged after this row.",
            where=f"{path.name}, row {number}",
            remedy=f"{_SAVE_AS} Then import it again: what is in already is not taken twice.",
        ) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps every number as a float
    return str(value)


def _encoding(path: Path, head: bytes) -> str:
    """The encoding that the file names by its byte order mark, else the first that reads it all:
    UTF-8, then the Western legacy ones (the last reads anything)."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        _refuse_binary(path)
        named = head.startswith(codecs.BOM_UTF8)
        candidates = ("utf-8-sig",) if named else ("utf-8", "cp1252", "latin-1")
    for encoding in candidates:
        try:
            for _ in _csv_rows(path, encoding):
                pass
        except UnicodeError:
            continue
        return encoding
    raise BadInput(
        f"This file says that it is {candidates[0]}, but is not.", where=path.name, remedy=_SAVE_AS
    )


def _refuse_binary(path: Path) -> None:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if b"\x00" in block:
                raise BadInput("This is no text file.", where=path.name, remedy=_SAVE_AS)
