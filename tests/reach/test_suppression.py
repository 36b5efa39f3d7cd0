"""Small numbers are hidden, and can't be had by subtraction (S27)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outreach.reach.publish import publish
from outreach.reach.report import ReachRow, Report
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


def some(**people: int) -> Report:
    row = dict.fromkeys(ReachRow.__dataclass_fields__, 0) | {"value": "x"}
    counts = dict.fromkeys(Report.__dataclass_fields__, 0)
    empty = {"topics": {"help": 40}, "suppressed": {}, "by": {"channel": (), "province": ()}}
    rows = tuple(ReachRow(**(row | {"value": k, "reached": n})) for k, n in people.items())
    return Report(**(counts | empty | {"reached": sum(people.values())} | {
        "by": {"channel": (), "province": rows}, "conversations": 40,
    }))  # fmt: skip


def test_s27_a_published_report_has_no_small_number_of_people() -> None:
    found = publish(some(a=4, b=15, c=30))
    assert [row.numbers["reached"] for row in found.by["province"]] == [None, None, 30]
    assert publish(some(a=SMALLEST - 1)).people["reached"] is None


def test_s27_help_is_not_published_at_all_yet() -> None:
    assert "40" not in repr(publish(some(a=30)))
