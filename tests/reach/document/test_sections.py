"""Cost, coverage, effect and grants as they leave: with a figure hides all that follows from it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outreach.kernel.i18n import LANGUAGES
from outreach.reach.costs import PublishedCost
from outreach.reach.document.material import Promised
from outreach.reach.document.model import Cell, Document, Kind, Section
from outreach.reach.document.notation import cell_text
from outreach.reach.publish import PublishedRow
from tests.reach.reports import AS_OF, GRANT, QUARTER, empty_document, published, report_document


@pytest.fixture(scope="module")
def march() -> Document:
    return report_document()


def section(document: Document, key: str) -> Section:
    found = document.section(key)
    assert found is not None
    return found


def cell(document: Document, key: str, row: str, column: str) -> Cell:
    found = section(document, key).cell(row, column)
    assert found is not None
    return found


def test_cost_is_said_per_person_with_what_is_in_it(march: Document) -> None:
    assert cell(march, "cost", "USD", "amount").number == 412.5
    assert cell(march, "cost", "USD", "reached").number == pytest.approx(412.5 / 9620, abs=5e-5)
    assert cell(march, "cost", "USD", "listened").number == pytest.approx(412.5 / 1405, abs=5e-5)
    assert "airtime" in cell_text(cell(march, "cost", "USD", "kind"), "en")
    assert cell_text(cell(march, "cost", "USD", "reached"), "en") == "0.0429"


def test_currencies_are_never_added(march: Document) -> None:
    amounts = [row.cells[0].number for row in section(march, "cost").rows]
    assert amounts == [412.5, None, 1110.0]
    both = (PublishedCost("USD", Decimal(10)), PublishedCost("KHR", Decimal(4000)))
    document = report_document(costs=both, grants=())
    assert [row.cells[0].number for row in section(document, "cost").rows] == [10, 4000]
    # Then nothing prices a gap either.
    assert cell(document, "coverage", "02", "to_close").kind is Kind.NO_BASE


def test_a_grants_cost_is_all_in_and_of_its_own_people(march: Document) -> None:
    row = "example-2026:2026-01:2026-03:USD"
    assert "all-in" in cell_text(cell(march, "cost", row, "kind"), "en")
    assert cell(march, "cost", row, "reached").number == pytest.approx(1110 / 88, abs=5e-5)
    airtime = GRANT.model_copy(update={"costs": GRANT.costs[:1]})
    alone = report_document(grants=(Promised(airtime, 1, AS_OF, {("reached", *_days()): None}),))
    assert "airtime, as it was paid" in cell_text(cell(alone, "cost", row, "kind"), "en")
    assert cell(alone, "cost", row, "reached").kind is Kind.HIDDEN


def test_s27_an_amount_that_is_hidden_prices_nobody(march: Document) -> None:
    for column in ("amount", "reached", "listened"):
        assert cell(march, "cost", "MYR", column).kind is Kind.HIDDEN


def test_s27_who_is_hidden_has_no_price() -> None:
    people = {**published().people, "listened": None}
    document = report_document(report=published(people=people))
    assert cell(document, "cost", "USD", "listened").kind is Kind.HIDDEN
    assert cell(document, "cost", "USD", "reached").kind is Kind.MONEY


def test_the_largest_gap_comes_first_beside_what_is_assumed(march: Document) -> None:
    found = section(march, "coverage")
    assert [row.key for row in found.rows] == ["02", "03", "01"]
    numbers = [c.number for c in found.rows[0].cells]
    assert numbers[:4] == [1200, 40, 0.033, 1160]
    assert cell(march, "coverage", "03", "gap").number == 0
    assert len(found.notes) == 7
    assert any("nobody checked" in note["en"] for note in found.notes)
    assert found.chart is not None


def test_s27_the_place_in_the_order_does_not_tell_a_hidden_number() -> None:
    by = dict(published().by)
    orders = set()
    for number in (12, 600, 8999):
        rows = (PublishedRow("02", dict.fromkeys(("reached", "answered", "listened"), number)),)
        hidden = PublishedRow("01", dict.fromkeys(("reached", "answered", "listened")))
        found = published(by=by | {"province": (hidden, *rows)})
        document = report_document(report=found, costs=(PublishedCost("USD", Decimal(40)),))
        orders.add([row.key for row in section(document, "coverage").rows][-1])
        for column in ("reached", "share", "gap", "to_close"):
            assert cell(document, "coverage", "01", column).kind is Kind.HIDDEN
    assert orders == {"01"}


def test_an_effect_is_said_with_its_interval_and_no_more_than_it_bears(march: Document) -> None:
    row = section(march, "effect").rows[0]
    assert [c.number for c in row.cells[1:4]] == [12, 3, 21]
    assert cell_text(row.cells[1], "en") == "+12"
    assert "nothing was sent" in cell_text(row.cells[0], "en")
    words = " ".join(cell_text(c, "en") for r in section(march, "effect").rows for c in r.cells)
    assert not {"caused", "proves", "because", "reduced", "impact"} & set(words.lower().split())
    assert section(march, "effect").rows[1].cells[1].kind is Kind.HIDDEN


def test_a_fall_is_told_before_any_figure(march: Document) -> None:
    assert any("fewer know it" in notice["en"] for notice in march.notices)
    assert "Fewer know it" in cell_text(section(march, "effect").rows[2].cells[-1], "en")
    assert not any("fewer" in notice["en"] for notice in report_document(effects=()).notices)


def test_a_grants_result_stands_beside_its_baseline_and_target(march: Document) -> None:
    (row,) = section(march, "grants").rows
    assert "People reached, 1 January 2026 to 31 March 2026" in row.name["en"]
    assert [c.number for c in row.cells] == [None, None, 100, 88, 0.88]
    assert "0 on 31 December 2025" in cell_text(row.cells[1], "en")


def test_s27_a_result_that_is_hidden_has_no_share() -> None:
    document = report_document(grants=(Promised(GRANT, 1, AS_OF, {("reached", *_days()): None}),))
    assert [c.kind for c in section(document, "grants").rows[0].cells[3:]] == [Kind.HIDDEN] * 2


def test_where_there_is_nothing_there_is_no_section() -> None:
    keys = {found.key for found in empty_document().sections}
    assert not {"cost", "coverage", "effect", "grants"} & keys
    assert section(empty_document(), "unknown").cell("knowledge", "number") is not None
    assert section(report_document(), "unknown").cell("knowledge", "number") is None


def test_every_word_of_them_stands_in_every_language(march: Document) -> None:
    for key in ("cost", "coverage", "effect", "grants"):
        found = section(march, key)
        words = [found.title, found.unit, found.base, found.head, *found.notes]
        words += [column.title for column in found.columns]
        words += [c.words for row in found.rows for c in row.cells if c.words is not None]
        assert all(set(said) == set(LANGUAGES) and all(said.values()) for said in words)
        assert found.title["km"] != found.title["en"]


def _days() -> tuple[object, object]:
    return QUARTER.since, QUARTER.until


def test_two_rows_have_never_the_same_key(march: Document) -> None:
    for found in march.sections:
        keys = [row.key for row in found.rows]
        assert len(keys) == len(set(keys))
