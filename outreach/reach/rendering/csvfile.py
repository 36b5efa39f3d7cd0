"""The report as one CSV for who computes: a line for each figure, with what it needs beside it."""

from __future__ import annotations

import csv
import io

from outreach.people.rules.cells import safe_cell
from outreach.reach.document.model import Cell, Document
from outreach.reach.document.notation import ABSENT

HEADER = (
    "section", "row", "row_name", "column", "column_name", "kind", "number", "words", "unit",
    "base", "since", "until", "as_of", "rules",
)  # fmt: skip


def csv_of(document: Document, language: str) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs to read Khmer."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEADER)
    since, until = (day.isoformat() if day else "" for day in (document.since, document.until))
    for section in document.sections:
        for row in section.rows:
            for column, cell in zip(section.columns, row.cells, strict=True):
                line = (
                    section.key,
                    row.key,
                    row.name[language],
                    column.key,
                    column.title[language],
                    cell.kind.value,
                    _number(cell),
                    cell.words[language] if cell.words else "",
                    section.unit[language],
                    section.base[language],
                    since,
                    until,
                    document.as_of.isoformat(),
                    document.rules,
                )
                writer.writerow([safe_cell(item) for item in line])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _number(cell: Cell) -> str:
    return "" if cell.number is None or cell.kind in ABSENT else str(cell.number)
