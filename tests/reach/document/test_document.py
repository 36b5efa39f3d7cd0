"""The report document: frozen, in both languages, and honest about what it does not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from outreach.kernel.i18n import LANGUAGES
from outreach.reach.document.material import Month, Restated
from outreach.reach.document.model import Cell, Document, Kind, from_json, to_json
from outreach.reach.document.notation import cell_text
from tests.reach.reports import AS_OF, LONG, empty_document, published, report_document


@pytest.fixture(scope="module")
def march() -> Document:
    return report_document()


def number(document: Document, section: str, row: str, column: str) -> Cell:
    found = document.section(section)
    assert found is not None
    cell = found.cell(row, column)
    assert cell is not None
    return cell


def test_a_document_that_was_kept_is_the_same_document(march: Document) -> None:
    assert from_json(to_json(march)) == march


def test_every_text_stands_in_every_language(march: Document) -> None:
    for section in march.sections:
        for words in (section.title, section.unit, section.base, section.head, *section.notes):
            assert set(words) == set(LANGUAGES)
            assert all(words.values())
    assert march.period == {"km": "មីនា 2026", "en": "March 2026"}


def test_s27_a_figure_that_is_hidden_is_hidden_with_all_that_follows_from_it() -> None:
    people = {**published().people, "answered": None}
    document = report_document(report=published(people=people))
    assert number(document, "funnel", "answered", "number").kind is Kind.HIDDEN
    assert number(document, "funnel", "answered", "share").kind is Kind.HIDDEN
    assert number(document, "funnel", "listened", "share").kind is Kind.HIDDEN
    assert number(document, "campaigns", "small", "delivered_rate").kind is Kind.HIDDEN


def test_s27_the_report_says_how_many_cells_are_hidden_and_why(march: Document) -> None:
    sex = march.section("sex")
    assert sex is not None
    assert number(march, "hidden", "sex", "hidden").number == sex.hidden == 6
    assert number(march, "hidden", "sex", "cells").number == 12


def test_s28_outputs_are_called_outputs_and_nobody_a_victim(march: Document) -> None:
    kept = to_json(march).lower()
    assert march.notices[-1]["en"].startswith("These are outputs")
    assert "victim" not in kept
    assert "traffick" not in kept


def test_what_is_not_measured_says_so(march: Document) -> None:
    unasked = report_document(effects=())
    for row in ("knowledge", "outcome"):
        assert number(unasked, "unknown", row, "number").kind is Kind.NOT_MEASURED
    assert number(march, "unknown", "silent", "number").number == 700


def test_all_25_provinces_are_in_the_table_and_hidden_ones_stay_hidden(march: Document) -> None:
    section = march.section("province")
    assert section is not None
    assert len(section.rows) == 25
    assert number(march, "province", "01", "reached").kind is Kind.HIDDEN


def test_months_stand_as_they_were_published() -> None:
    cells = {
        name: Cell(Kind.COUNT, 42) for name in ("reached", "listened", "submitted", "delivered")
    }
    document = report_document(months=(Month(date(2026, 2, 1), cells),))
    section = document.section("months")
    assert section is not None
    assert [row.key for row in section.rows] == ["2026-02", "2026-03"]
    assert number(document, "months", "2026-02", "reached").number == 42
    assert number(document, "months", "2026-03", "reached").number == 9620


def test_a_draft_and_a_restatement_say_so_before_any_figure() -> None:
    document = report_document(draft=True, restates=Restated(AS_OF, "2"))
    assert "takes the place of the report of 3 April 2026" in document.notices[0]["en"]
    assert "Draft" in document.notices[1]["en"]


def test_before_anything_is_sent_there_is_a_report_without_charts() -> None:
    document = empty_document()
    assert document.period["en"] == "nothing sent yet"
    assert number(document, "headline", "delivered_rate", "number").kind is Kind.NO_BASE
    assert all(section.chart is None for section in document.sections)


def test_each_chart_is_of_its_own_table_and_says_what_it_shows(march: Document) -> None:
    for section in march.sections:
        if section.chart:
            assert section.chart.column in [column.key for column in section.columns]
            assert all(section.chart.alternative.values())
    chart = march.section("sex").chart  # type: ignore[union-attr]
    assert chart is not None
    assert "The largest: women, 5,200." in chart.alternative["en"]


def test_a_long_name_of_a_campaign_is_whole(march: Document) -> None:
    assert LONG in [names["km"] for names in march.campaigns]


@pytest.mark.parametrize(
    ("cell", "km", "en"),
    [
        (Cell(Kind.COUNT, 12345), "12.345", "12,345"),
        (Cell(Kind.SHARE, 0.125), "12,5%", "12.5%"),
        (Cell(Kind.HIDDEN), "លាក់", "hidden"),
        (Cell(Kind.NOT_MEASURED), "មិនបានវាស់", "not measured"),
    ],
)
def test_numbers_are_written_as_the_language_does(cell: Cell, km: str, en: str) -> None:
    from babel.numbers import format_decimal

    assert cell_text(cell, "en") == en
    # Babel decides about Khmer: its data has changed before.
    expected = format_decimal(12345, locale="km") if cell.kind is Kind.COUNT else km
    assert cell_text(cell, "km") == expected or cell.kind is Kind.SHARE


def test_two_documents_of_equal_figures_are_equal_but_for_their_moment(march: Document) -> None:
    assert replace(report_document(), as_of=march.as_of) == march
