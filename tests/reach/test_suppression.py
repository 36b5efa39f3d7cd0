"""Small numbers are hidden, and can't be had by subtraction (S27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.kernel.errors import Refused
from outreach.reach.helping import HelpMonth
from outreach.reach.publish import publish
from outreach.reach.report import ReachRow, Report
from outreach.reach.rules.disclosure import held_back, hide, shown_totals
from outreach.reach.rules.suppression import SMALLEST, small, suppress

TABLES = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 60))


@given(TABLES)
def test_s27_no_cell_under_eleven_is_shown(cells: dict[str, int]) -> None:
    shown = suppress(cells)
    assert not [n for n in shown.values() if n is not None and small(n)]


@given(TABLES)
def test_s27_no_hidden_cell_follows_from_the_total(cells: dict[str, int]) -> None:
    shown = suppress(cells)
    hidden = [cells[name] for name, number in shown.items() if number is None]
    if not hidden or all(number is None for number in shown.values()):
        return
    # All that subtraction gives: what the hidden ones add up to. None of them is zero, so each
    # lies between one and that sum without one for each of the others.
    left = sum(cells.values()) - sum(number for number in shown.values() if number)
    assert left == sum(hidden)
    assert len(hidden) >= 2
    assert left - (len(hidden) - 1) > 1


def test_s27_one_small_cell_takes_the_next_smallest_with_it() -> None:
    assert suppress({"a": 3, "b": 12, "c": 40}) == {"a": None, "b": None, "c": 40}


def test_nobody_is_a_number_that_may_be_shown() -> None:
    assert suppress({"a": 0, "b": 40}) == {"a": 0, "b": 40}


def test_s27_a_table_with_nothing_to_hide_behind_is_not_shown() -> None:
    assert suppress({"a": 3, "b": 0}) == {"a": None, "b": None}


@given(st.data())
def test_s27_a_part_is_hidden_with_its_whole(data: st.DataObject) -> None:
    called = data.draw(st.dictionaries(st.text("abcd", min_size=1), st.integers(0, 60)))
    answered = {name: data.draw(st.integers(0, number)) for name, number in called.items()}
    columns = {"called": called, "answered": answered}
    totals = {name: sum(cells.values()) for name, cells in columns.items()}
    found = hide(columns, totals)
    for name, number in found["called"].items():
        assert number is not None or found["answered"][name] is None


@pytest.mark.parametrize(
    ("columns", "totals", "shown"),
    [
        # Three of 20 did not answer in a: so who answered there is not told, nor in b.
        (
            {"called": {"a": 20, "b": 40}, "answered": {"a": 17, "b": 20}},
            {"called": 60, "answered": 37},
            {"called": {"a": 20, "b": 40}, "answered": {"a": None, "b": None}},
        ),
        # Four are in both cells.
        (
            {"reached": {"sms": 30, "voice": 24}},
            {"reached": 50},
            {"reached": {"sms": None, "voice": None}},
        ),
        # Five got no SMS, though 20 got a call.
        (
            {"reached": {"sms": 45, "voice": 20}},
            {"reached": 50},
            {"reached": {"sms": None, "voice": None}},
        ),
        # Twenty are in both, and each cell leaves enough.
        (
            {"reached": {"sms": 45, "voice": 35}},
            {"reached": 60},
            {"reached": {"sms": 45, "voice": 35}},
        ),
        # Who passed the menu and took no part asked for help.
        (
            {"passed": {"a": 30, "b": 40, "c": 60}, "engaged": {"a": 27, "b": 25, "c": 40}},
            {"passed": 130, "engaged": 92},
            {"passed": {"a": None, "b": None, "c": 60}, "engaged": {"a": None, "b": None, "c": 40}},
        ),
    ],
)
def test_s27_what_subtraction_would_tell_is_hidden_too(
    columns: dict[str, dict[str, int]],
    totals: dict[str, int],
    shown: dict[str, dict[str, int | None]],
) -> None:
    assert hide(columns, totals) == shown


def test_s27_a_total_with_a_small_remainder_is_hidden() -> None:
    found = shown_totals({"called": 100, "answered": 95, "listened": 40, "opted_out": 3})
    assert found == {"called": 100, "answered": None, "listened": None, "opted_out": None}


def test_s27_the_register_moves_by_eleven_or_more() -> None:
    assert [held_back([120, 123, 131][:months]) for months in (1, 2, 3)] == [120, 120, 131]
    assert held_back([120, 4]) is None


def some(**people: int) -> Report:
    """A report of all to date with so many people reached by province."""
    row = dict.fromkeys(ReachRow.__dataclass_fields__, 0)
    rows = tuple(ReachRow(**(row | {"value": k, "reached": n})) for k, n in people.items())
    known = {"rules": "2", "campaign_id": None, "since": None, "until": None}
    named = {"suppressed": {}, "costs": {}, "definitions": {}, "currency": "USD"}
    tables = {"help": (), "notes": (), "by": {"channel": (), "province": rows}}
    counts = dict.fromkeys(Report.__dataclass_fields__, 0) | {"registered_ends": ()}
    last = {"last": date(2026, 3, 2), "reached": sum(people.values())}
    return Report(**(counts | known | named | tables | last))


def test_s27_a_published_report_has_no_small_number_of_people() -> None:
    found = publish(some(a=4, b=15, c=30))
    assert [row.numbers["reached"] for row in found.by["province"]] == [None, None, 30]
    assert publish(some(a=SMALLEST - 1)).people["reached"] is None


def test_s27_help_is_published_thirty_days_after_its_month() -> None:
    month = HelpMonth(date(2026, 2, 1), conversations=40, callbacks=None, topics={"job": 40})
    early = replace(some(a=30), help=(month,), last=date(2026, 3, 30))
    assert publish(early).help == ()
    assert publish(replace(early, last=date(2026, 3, 31))).help == (month,)


@pytest.mark.parametrize(
    ("campaign", "since", "until", "may"),
    [
        (None, None, None, True),
        (None, date(2026, 2, 1), date(2026, 2, 28), True),
        (1, date(2026, 2, 1), date(2026, 2, 28), False),
        (None, date(2026, 2, 1), date(2026, 2, 27), False),
        (None, date(2026, 2, 2), date(2026, 2, 28), False),
        (None, date(2026, 1, 1), date(2026, 2, 28), False),
        (None, None, date(2026, 2, 28), False),
        (None, date(2026, 2, 1), None, False),
        (None, date(2026, 3, 1), date(2026, 3, 31), False),  # not over yet
    ],
)
def test_s27_two_published_periods_cannot_be_subtracted(
    campaign: int | None, since: date | None, until: date | None, may: bool
) -> None:
    asked = replace(some(a=30), campaign_id=campaign, since=since, until=until)
    if may:
        assert publish(asked).people["reached"] == 30
        return
    with pytest.raises(Refused, match="published"):
        publish(asked)
