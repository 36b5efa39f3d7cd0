"""When a shift holds: in its own zone, over midnight, and where a clock is set forward."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.kernel.errors import BadInput
from outreach.staff.rules.duty import Shift, ended_since, read_days, read_hours, span_at

HOME = "Asia/Phnom_Penh"  # seven hours ahead of UTC
MONDAY = date(2026, 3, 2)
DAILY = Shift(HOME, None, "12345", time(8), time(17))
NIGHT = Shift(HOME, None, "1", time(20), time(8))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """March 2026, UTC."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shift", "now", "holds"),
    [
        (DAILY, at(2, 1), True),  # 08:00 in Phnom Penh
        (DAILY, at(2, 0, 59), False),
        (DAILY, at(2, 10), False),  # 17:00 is not in it any more
        (DAILY, at(7, 2), False),  # a Saturday
        (NIGHT, at(2, 13), True),
        (NIGHT, at(3, 0, 59), True),  # Tuesday morning is still Monday's night
        (NIGHT, at(3, 13), False),
        (Shift(HOME, MONDAY, "", time(8), time(17)), at(2, 2), True),
        (Shift(HOME, MONDAY, "", time(8), time(17)), at(9, 2), False),
        (Shift("Asia/Seoul", None, "1", time(8), time(9)), at(1, 23, 30), True),
        (Shift(HOME, None, "1", time(0), time(0)), at(2, 16, 59), True),  # the whole day
    ],
)
def test_a_shift_holds_in_its_own_zone(shift: Shift, now: datetime, holds: bool) -> None:
    assert (span_at(shift, now) is not None) == holds


def test_a_span_says_when_it_ends() -> None:
    span = span_at(NIGHT, at(2, 20))
    assert span is not None
    assert span.ends == at(3, 1)


@given(st.integers(0, 365 * 24 * 60))
def test_a_span_that_holds_holds_now(minutes: int) -> None:
    now = at(1, 0) + timedelta(minutes=minutes)
    for zone in (HOME, "Europe/Berlin"):  # which sets its clock forward and back
        for shift in (Shift(zone, None, "1234567", time(2, 30), time(1)), NIGHT):
            span = span_at(shift, now)
            assert span is None or span.begins <= now < span.ends


def test_whose_shift_just_ended_is_known_for_a_while() -> None:
    assert ended_since(DAILY, at(2, 9), at(2, 10))
    assert not ended_since(DAILY, at(2, 10), at(2, 11))
    assert not ended_since(DAILY, at(2, 8), at(2, 9, 59))


def test_days_and_hours_are_read_as_people_write_them() -> None:
    assert [read_days(w) for w in ("mon-fri", "sat, sun", "fri-mon")] == ["12345", "67", "1567"]
    assert read_hours("20:00-08:30") == (time(20), time(8, 30))


@pytest.mark.parametrize("written", ["", "8-17", "24:00-08:00", "08:00-24:30", "08:00"])
def test_hours_that_are_none_are_told(written: str) -> None:
    with pytest.raises(BadInput, match="08:00-17:00"):
        read_hours(written)


@pytest.mark.parametrize("written", ["", "someday", "mon-", "1-5"])
def test_days_that_are_none_are_told(written: str) -> None:
    with pytest.raises(BadInput, match="names no days"):
        read_days(written)


def test_a_shift_of_one_day_never_lasts_longer_than_a_day() -> None:
    span = span_at(Shift(HOME, MONDAY, "", time(8), time(8)), at(2, 2))
    assert span is not None
    assert span.ends - span.begins == timedelta(days=1)
