"""Reads contact files as they come, row by row: CSV of any usual encoding, or XLSX."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from outreach.kernel.errors import BadInput, NotFound

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 16
# A cell longer than this is no cell but a broken quote.
csv.field_size_limit(1 << 17)


@dataclass(frozen=True)
class Line:
    """A row with the number of its (first) line in the file, from 1."""

    number: int
    cells: tuple[str, ...]


@contextmanager
def open_rows(path: Path) -> Iterator[Iterator[Line]]:
    """The rows of a file without blank ones; raises NotFound, or BadInput for what is no table."""
    if not path.is_file():
        raise NotFound("There is no such file.", where=str(path))
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        with _workbook(path) as rows:
            yield rows
        return
    with path.open(encoding=_encoding(path), newline="") as file:
        yield _csv_rows(file, path)


def _csv_rows(file: io.TextIOWrapper, path: Path) -> Iterator[Line]:
    first = file.readline()
    file.seek(0)
    reader = csv.reader(file, delimiter=max(_DELIMITERS, key=first.count))
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadInput(
                "This line can't be read as CSV.",
                where=f"{path.name}, line {begins}",
                remedy="Save the file again as CSV (UTF-8).",
            ) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Line(begins, tuple(cells))
        begins = reader.line_num + 1


@contextmanager
def _workbook(path: Path) -> Iterator[Iterator[Line]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadInput(
            "This is not an Excel workbook.", where=path.name, remedy="Save it as XLSX or CSV."
        ) from error
    try:
        sheet = book.worksheets[0]
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        yield (
            Line(number, tuple(_cell(value) for value in row))
            for number, row in rows
            if any(value not in (None, "") for value in row)
        )
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps every number as a float
    return str(value)


def _encoding(path: Path) -> str:
    """The encoding by byte order mark, else UTF-8 if all of it is, else the Western legacy one."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head:
        raise BadInput(
            "This is no text file.", where=path.name, remedy="Save it as CSV (UTF-8) or XLSX."
        )
    return "utf-8-sig" if _is_utf8(path) else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                if b"\x00" in block:
                    raise BadInput(
                        "This is no text file.",
                        where=path.name,
                        remedy="Save it as CSV (UTF-8) or XLSX.",
                    )
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
