"""Help figures come by whole months that are over, with small numbers hidden (S27)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from outreach.reach.helping import HelpMonth, by_month

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


def texts(day: date, **topics: int) -> list[Any]:
    """The folded sums of a day's texts."""
    cells = {"": sum(topics.values())} | topics
    return [
        SimpleNamespace(day=day, milestone="help.conversation", value=topic, number=number)
        for topic, number in cells.items()
    ]


def test_s27_a_month_that_is_not_over_is_not_shown() -> None:
    rows = texts(date(2026, 3, 5), help=50)
    assert by_month(rows, None, None, date(2026, 3, 31)) == ()
    assert by_month(rows, None, None, date(2026, 4, 1)) == (
        HelpMonth(MARCH, conversations=50, callbacks=0, topics={"help": 50}),
    )


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (None, None, [FEBRUARY, MARCH]),
        (date(2026, 2, 2), None, [MARCH]),
        (None, date(2026, 3, 30), [FEBRUARY]),
        (FEBRUARY, date(2026, 3, 31), [FEBRUARY, MARCH]),
    ],
)
def test_s27_any_period_gives_the_same_rows_for_the_same_month(
    since: date | None, until: date | None, months: list[date]
) -> None:
    rows = texts(date(2026, 2, 9), job=20) + texts(date(2026, 3, 9), job=30)
    found = by_month(rows, since, until, date(2026, 5, 1))
    assert [month.month for month in found] == months


def test_s27_a_small_topic_takes_another_with_it() -> None:
    rows = texts(date(2026, 3, 5), help=3, job=20, stop=40)
    (month,) = by_month(rows, None, None, date(2026, 4, 1))
    assert month.topics == {"help": None, "job": None, "stop": 40}


def test_s27_few_texts_are_hidden_as_a_whole() -> None:
    (month,) = by_month(texts(date(2026, 3, 5), help=3), None, None, date(2026, 4, 1))
    assert (month.conversations, month.topics) == (None, {"help": None})


def test_nothing_known_gives_no_month() -> None:
    assert by_month([], None, None, None) == ()
