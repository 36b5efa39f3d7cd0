"""Opens contact files as they come, whatever they are called: CSV of any usual encoding, or XLSX.

What can't be read to its end, or isn't a table at all, is refused while nothing has changed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outreach.kernel.errors import NotFound
from outreach.people.csvfile import csv_rows
from outreach.people.rows import Rows, refused

_HEAD = 512
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMED_WORKBOOK = (".xlsx", ".xlsm")
_OTHERS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document",
    b"\x1f\x8b": "a packed file",
    b"Rar!": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"SQLite format 3": "a database",
}
_MARKUP = re.compile(rb"<(?:!doctype|html|head|meta|style|table|body|\?xml|!--)", re.IGNORECASE)
_JSON = re.compile(rb'[\[{]\s*["\[{]')
# How the parts of an old Office file are named inside.
_LOCKED, _OLD_EXCEL = "EncryptedPackage".encode("utf-16-le"), "Workbook".encode("utf-16-le")
_BLOCK = 1 << 20


@contextmanager
def open_rows(path: Path, sheet: str = "") -> Iterator[Rows]:
    """The rows of a file, of `sheet` where it is a workbook with several; raises NotFound, or
    BadInput for what is no table."""
    if path.is_dir():
        raise refused(path, "This is a folder, not a file.", "Name the file in it.")
    if not path.exists():
        raise NotFound("There is no such file.", where=str(path))
    if not path.is_file():
        raise refused(path, "This is no ordinary file.", "Save it as a file first.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        asked = "Ask its owner for leave, or for a copy."
        raise refused(path, f"This file can't be read: {error.strerror}.", asked) from error
    if head.startswith(_ZIP):
        # Imported here, with its reader of workbooks: most commands read none.
        from outreach.people.workbook import workbook_rows

        with workbook_rows(path, sheet) as rows:
            yield rows
        return
    _refuse_others(path, head)
    if sheet:
        raise refused(path, "This file has no sheets.", "Leave --sheet out.")
    yield csv_rows(path, head)


def _refuse_others(path: Path, head: bytes) -> None:
    if head.startswith(_OLE):
        raise _old_office(path)
    for begins, kind in _OTHERS.items():
        if head.startswith(begins):
            raise refused(path, f"This is {kind}, not a list.", "Ask for the list as CSV or XLSX.")
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _MARKUP.match(text):
        raise refused(
            path,
            "This is a web page or XML, whatever its name says; many systems export so.",
            "Open it in Excel or LibreOffice and save it as XLSX.",
        )
    if _JSON.match(text):
        raise refused(path, "This is JSON, not a table.", "Ask for the list as CSV or XLSX.")
    if path.suffix.lower() in _NAMED_WORKBOOK:
        raise refused(path, "This is not an Excel workbook.")


def _old_office(path: Path) -> Exception:
    """Tells a workbook with a password from an old one, and both from an old text document."""
    kept = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            seen = kept + block
            if _LOCKED in seen:
                remedy = "Open it in Excel, take the password away (File, Info), and save it."
                return refused(path, "This workbook has a password.", remedy)
            if _OLD_EXCEL in seen:
                return refused(path, "This is an old Excel file (.xls).")
            kept = block[-len(_LOCKED) :]
    return refused(path, "This is an old Excel or Word file, or one with a password.")
