"""The report as XLSX: a sheet for each table, numbers as numbers, charts of their own cells."""

from __future__ import annotations

import io
import re
from typing import Any

from outreach.kernel.i18n import mark as _
from outreach.reach.document.model import Cell, Document, Drawing, Kind, Section
from outreach.reach.document.notation import ABSENT, cell_text
from outreach.reach.document.words import said
from outreach.reach.rendering.view import facts

_FORMS = {Kind.COUNT: "count", Kind.SHARE: "share", Kind.MONEY: "money", Kind.POINTS: "points"}
_NAME_MOST = 31
_WIDE, _NARROW = 34, 16
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def spreadsheet(document: Document, language: str) -> bytes:
    """The document in one language. No text is ever a formula or a link, however it begins."""
    # Imported here: only who downloads needs it.
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": document.title[language], "created": _naive(document)})
        forms = _forms(book)
        _about(book, forms, document, language)
        taken = {document.title[language].lower()}
        for section in document.sections:
            name = _sheet_name(section.title[language], taken)
            _Sheet(book, forms, section, language, name).write()
    return target.getvalue()


def _forms(book: Any) -> dict[str, Any]:
    base = {"font_name": "Noto Sans Khmer", "valign": "top"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 14}),
        "head": book.add_format(base | {"bold": True, "bottom": 1, "text_wrap": True}),
        "text": book.add_format(base | {"text_wrap": True}),
        "quiet": book.add_format(base | {"font_color": "#495057", "align": "right"}),
        "note": book.add_format(base | {"font_color": "#495057"}),
        "count": book.add_format(base | {"num_format": "#,##0"}),
        "share": book.add_format(base | {"num_format": "0.0%"}),
        "money": book.add_format(base | {"num_format": "#,##0.00##"}),
        "points": book.add_format(base | {"num_format": "+0;-0;0"}),
    }


def _about(book: Any, forms: dict[str, Any], document: Document, language: str) -> None:
    sheet = book.add_worksheet(_sheet_name(document.title[language], set()))
    sheet.set_column(0, 0, 110)
    lines = [(document.title[language], "title"), (document.period[language], "title")]
    lines += [(words[language], "text") for words in facts(document)]
    lines += [(names[language], "text") for names in document.campaigns]
    lines += [(note[language], "text") for note in (*document.notices, *document.notes)]
    for position, (text, form) in enumerate(lines):
        sheet.write_string(position, 0, text, forms[form])


class _Sheet:
    """One table on its sheet, rows from top to bottom as constant memory asks."""

    _TOP = 3  # the row of the columns' titles

    def __init__(
        self, book: Any, forms: dict[str, Any], section: Section, language: str, name: str
    ) -> None:
        self._book, self._forms = book, forms
        self._section, self._language, self._name = section, language, name
        self._sheet = book.add_worksheet(name)

    def write(self) -> None:
        """The title, what is counted, the table, its notes, its chart."""
        section, language, sheet = self._section, self._language, self._sheet
        sheet.set_column(0, 0, _WIDE)
        for position, _column in enumerate(section.columns, 1):
            wordy = any(row.cells[position - 1].kind is Kind.WORDS for row in section.rows)
            sheet.set_column(position, position, _WIDE if wordy else _NARROW)
        about = said(_("Counted: {unit}. Among: {base}."), unit=section.unit, base=section.base)
        self._put(0, 0, section.title[language], "title")
        self._put(1, 0, about[language], "note")
        self._put(self._TOP, 0, section.head[language], "head")
        for position, column in enumerate(section.columns, 1):
            self._put(self._TOP, position, column.title[language], "head")
        for line, row in enumerate(section.rows, self._TOP + 1):
            self._put(line, 0, row.name[language], "text")
            for position, cell in enumerate(row.cells, 1):
                self._cell(line, position, cell)
        for line, note in enumerate(section.notes, self._TOP + len(section.rows) + 2):
            self._put(line, 0, note[language], "note")
        sheet.freeze_panes(self._TOP + 1, 1)
        self._chart()

    def _cell(self, line: int, position: int, cell: Cell) -> None:
        if cell.kind in _FORMS and cell.number is not None:
            self._sheet.write_number(line, position, cell.number, self._forms[_FORMS[cell.kind]])
        else:
            form = "quiet" if cell.kind in ABSENT else "text"
            self._put(line, position, cell_text(cell, self._language), form)

    def _put(self, line: int, position: int, text: str, form: str) -> None:
        self._sheet.write_string(line, position, text, self._forms[form])

    def _chart(self) -> None:
        chart = self._section.chart
        if chart is None or chart.drawing is not Drawing.BARS:
            return
        keys = [column.key for column in self._section.columns]
        first, last = self._TOP + 1, self._TOP + len(self._section.rows)
        column = keys.index(chart.column) + 1
        drawn = self._book.add_chart({"type": "bar"})
        drawn.add_series(
            {
                "name": [self._name, self._TOP, column],
                "categories": [self._name, first, 0, last, 0],
                "values": [self._name, first, column, last, column],
                "fill": {"color": "#1f7a83"},
            }
        )
        drawn.set_legend({"none": True})
        drawn.set_y_axis({"reverse": True})
        options = {"description": chart.alternative[self._language]}
        self._sheet.insert_chart(self._TOP, len(keys) + 2, drawn, options)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that spreadsheets accept, unlike those in `taken`, where it is noted."""
    name = _FORBIDDEN.sub(" ", title)[:_NAME_MOST].strip() or "1"
    number = 2
    while name.lower() in taken:
        name = f"{name[: _NAME_MOST - 3]} {number}"
        number += 1
    taken.add(name.lower())
    return name


def _naive(document: Document) -> Any:
    return document.as_of.replace(tzinfo=None)
