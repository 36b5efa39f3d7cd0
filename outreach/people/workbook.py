"""Reads Excel workbooks row by row, within bounds: what is packed small may be huge inside."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from outreach.kernel.errors import BadInput
from outreach.people.rows import MOST_COLUMNS, MOST_ROWS, SAVE_AS, Line, Rows, refused
from outreach.people.rules.columns import TOP, recognised

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
    NotImplementedError,
    EOFError,
    OSError,
)
_MB = 1 << 20
# Sheets are read as they come; every other part lies in memory whole.
_SHEET_MOST, _PART_MOST = 2_048 * _MB, 96 * _MB
# Excel itself packs a list of a million like rows some 30 times smaller.
_RATIO_MOST, _RATIO_FROM = 250, 16 * _MB
_SHEETS = "xl/worksheets/"
_INSTEAD = {
    "content.xml": "This is a LibreOffice file, not an Excel workbook.",
    "word/document.xml": "This is a text document, not an Excel workbook.",
    "xl/workbook.bin": "This is a binary workbook (.xlsb).",
}


@contextmanager
def workbook_rows(path: Path, sheet: str) -> Iterator[Rows]:
    """The rows of `sheet`, or of the one visible sheet that has phone numbers; raises BadInput
    where that is none or several."""
    with warnings.catch_warnings(), path.open("rb") as file:
        # Styles and drop-downs that it can't keep are no loss to who only reads.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        try:
            _measure(path)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except _DAMAGED as error:
            raise refused(path, "This is not an Excel workbook, or a damaged one.") from error
        try:
            chosen = _sheet(book, path, sheet)
            yield Rows(_lines(chosen, path), sheet=str(chosen.title))
        finally:
            book.close()


def _measure(path: Path) -> None:
    """Raises BadInput for what is too large inside, by the sizes that its table of contents gives:
    the reader of zip files unpacks no more than that."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        for name, message in _INSTEAD.items():
            if name in packed.namelist():
                raise refused(path, message)
        for part in parts:
            if part.flag_bits & 1:
                raise refused(path, "This file has a password.", "Save it without one.")
            most = _SHEET_MOST if part.filename.startswith(_SHEETS) else _PART_MOST
            ratio = part.file_size / max(1, part.compress_size)
            if part.file_size > most or (part.file_size > _RATIO_FROM and ratio > _RATIO_MOST):
                raise refused(
                    path,
                    f"This workbook is far larger inside ({part.file_size // _MB:,} MB) than a "
                    "list can be.",
                    "Copy the rows into a new workbook, or save it as CSV (UTF-8).",
                )
        for part in parts:
            if part.filename.startswith(_SHEETS):
                _refuse_long_cells(packed, part, path)


def _refuse_long_cells(packed: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> None:
    with packed.open(part) as file:
        while block := file.read(_MB):
            if b"<" not in block and len(block) == _MB:
                raise refused(path, "A cell of this workbook holds more than a million signs.")


def _sheet(book: Any, path: Path, wanted: str) -> Any:
    if wanted:
        for sheet in book.worksheets:
            if sheet.title.strip().casefold() == wanted.strip().casefold():
                return sheet
        raise refused(path, f"There is no sheet {wanted!r}.", f"It has: {_named(book.worksheets)}.")
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(visible) == 1:
        return visible[0]
    usable = [sheet for sheet in visible if _has_phones(sheet, path)]
    if len(usable) > 1:
        message = f"Several sheets have phone numbers: {_named(usable)}."
        raise refused(path, message, "Import each with --sheet NAME.")
    if not usable:
        message = f"No visible sheet has a column of phone numbers: {_named(visible)}."
        raise refused(path, message, "Name that column phone or លេខទូរស័ព្ទ, or use --sheet NAME.")
    return usable[0]


def _named(sheets: list[Any]) -> str:
    return ", ".join(repr(sheet.title) for sheet in sheets[:10]) or "none"


def _has_phones(sheet: Any, path: Path) -> bool:
    return any(recognised(line.cells, "phone") for line in islice(_lines(sheet, path), TOP))


def _lines(sheet: Any, path: Path) -> Iterator[Line]:
    number = 0
    try:
        # Some programs write a wrong size, and only its first column would be read.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if len(row) > MOST_COLUMNS or number > MOST_ROWS:
                raise BadInput(
                    f"This row lies beyond {MOST_COLUMNS} columns or {MOST_ROWS:,} rows.",
                    where=f"{path.name}, row {number}",
                    remedy="Delete what stands there.",
                )
            if any(value not in (None, "") for value in row):
                yield Line(number, tuple(_cell(value) for value in row))
    except _DAMAGED as error:
        again = "Then import it again: what is in already is not taken twice."
        raise refused(
            path, "The workbook is damaged after this row.", f"{SAVE_AS} {again}", f"row {number}"
        ) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps every number as a float
    return str(value)
