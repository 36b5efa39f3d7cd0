"""Help figures come by whole months that are over, with small numbers hidden (S27)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from outreach.reach.helping import by_month

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
    (month,) = by_month(rows, None, None, date(2026, 4, 1))
    assert (month.month, month.conversations, month.callbacks) == (MARCH, 50, 0)
    assert month.topics == {"help": 50}


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


def row(milestone: str, number: int, value: str = "") -> Any:
    return SimpleNamespace(day=date(2026, 3, 5), milestone=milestone, value=value, number=number)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((60, 40, 20), (60, 40, 20)),
        ((60, 55, 20), (60, None, None)),  # five did not accept
        ((60, 40, 5), (60, 40, None)),
        ((9, 9, 0), (None, None, None)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_s27_a_step_of_referrals_tells_no_small_number_beside_the_last(
    numbers: tuple[int, ...], shown: tuple[int | None, ...]
) -> None:
    stages = ("offered", "accepted", "acknowledged")
    rows = [row("help.referral", n, stage) for stage, n in zip(stages, numbers, strict=True)]
    (month,) = by_month(rows, None, None, date(2026, 4, 1))
    assert tuple(month.referrals.values()) == shown


@pytest.mark.parametrize(
    ("spans", "looked", "minutes"),
    [({1: 8, 15: 8, 60: 3}, 19, 15), ({1: 30}, 30, 1), ({1: 4, 3: 4}, None, None), ({}, 0, None)],
)
def test_half_were_looked_at_by_a_person_within_so_many_minutes(
    spans: dict[int, int], looked: int | None, minutes: int | None
) -> None:
    rows = [row(f"help.waited:{span}", number) for span, number in spans.items()]
    rows += [row("help.looked", sum(spans.values())), *texts(date(2026, 3, 5), job=20)]
    (month,) = by_month(rows, None, None, date(2026, 4, 1))
    assert (month.looked, month.median_minutes) == (looked, minutes)


def test_nothing_known_gives_no_month() -> None:
    assert by_month([], None, None, None) == ()
