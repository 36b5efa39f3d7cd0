"""The forms in which a report is handed out, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from outreach.reach.document.model import Document, to_json
from outreach.reach.rendering.csvfile import csv_of
from outreach.reach.rendering.pdf import pdf
from outreach.reach.rendering.spreadsheet import spreadsheet


@dataclass(frozen=True)
class Form:
    """How a form is made, and what it is called where files are sent."""

    media_type: str
    render: Callable[[Document, str], bytes]


def _json(document: Document, _language: str) -> bytes:
    return to_json(document).encode()


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Mapping[str, Form] = {
    "pdf": Form("application/pdf", pdf),
    "xlsx": Form(_XLSX, spreadsheet),
    "csv": Form("text/csv; charset=utf-8", csv_of),
    "json": Form("application/json", _json),
}
