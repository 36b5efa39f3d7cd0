"""PDF, XLSX and CSV of one document: the same figures, no formulas, Khmer whole."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from outreach.kernel.i18n import LANGUAGES
from outreach.reach.document.model import Kind
from outreach.reach.rendering.csvfile import csv_of
from outreach.reach.rendering.letters import small_font
from outreach.reach.rendering.pdf import pdf, typeset
from outreach.reach.rendering.spreadsheet import spreadsheet
from outreach.reach.rendering.view import SHADES, view
from tests.reach.reports import LONG, empty_document, report_document

MARCH = report_document()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_has_every_page_and_is_the_same_twice(language: str) -> None:
    made = pdf(MARCH, language)
    assert made.startswith(b"%PDF")
    assert made == pdf(MARCH, language)


def test_an_empty_report_can_be_printed() -> None:
    assert len(typeset(empty_document(), "km", "png")) >= 3


def test_a_spreadsheet_has_the_figures_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet(MARCH, "en")))
    rows = [[cell.value for cell in row] for row in book["By sex"].iter_rows()]
    assert ["women", 5200, 1040, 742] in rows
    assert ["other", "hidden", "hidden", "hidden"] in rows
    assert len(book.sheetnames) == 1 + len(MARCH.sections)


def test_a_spreadsheet_in_khmer_has_khmer_sheets() -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet(MARCH, "km")))
    assert "តាមភេទ" in book.sheetnames


def test_no_cell_of_a_spreadsheet_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet(MARCH, "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "=Safe migration" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_a_csv_has_a_line_for_each_figure_and_no_formula() -> None:
    text = csv_of(MARCH, "en").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(len(s.rows) * len(s.columns) for s in MARCH.sections)
    assert "'=Safe migration" in {row["row_name"] for row in rows}
    hidden = [row for row in rows if row["kind"] == Kind.HIDDEN]
    assert hidden
    assert not any(row["number"] for row in hidden)


def test_a_csv_in_khmer_opens_in_excel() -> None:
    made = csv_of(MARCH, "km")
    assert made.startswith(b"\xef\xbb\xbf")
    assert LONG in made.decode()


def test_the_map_is_darker_where_there_are_more_and_blank_where_hidden() -> None:
    tiles = {tile.name: tile for tile in view(MARCH, "en").section("province").tiles}
    assert len(tiles) == 25
    assert tiles["Banteay Meanchey"].shade == 0
    assert tiles["Banteay Meanchey"].text == "–"
    assert tiles["Pailin"].shade == SHADES
    assert 0 < tiles["Battambang"].shade < SHADES


def test_the_font_for_phones_is_small_and_has_khmer() -> None:
    from fontTools.ttLib import TTFont

    made = small_font()
    assert len(made) < 30_000
    assert {0x1780, 0x17D2, 0x200B} <= set(TTFont(io.BytesIO(made)).getBestCmap())
