"""Hours, holidays and what people set themselves, each narrowing the other (S36, S5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.kernel.hours import USUAL
from outreach.planning.rules.holidays import country_of, is_holiday
from outreach.planning.rules.window import Limits, Opening, next_open

HOME, THAILAND = "Asia/Phnom_Penh", "Asia/Bangkok"


def local(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(HOME)).astimezone(UTC)


@pytest.mark.parametrize(
    ("limits", "now", "opens", "reason"),
    [
        (Limits(hours=(9, 19)), local(2, 8), local(2, 9), "quiet_hours"),
        (Limits(hours=(9, 19)), local(2, 19), local(3, 9), "quiet_hours"),
        # Wider than everybody's hours is not possible.
        (Limits(hours=(0, 24)), local(2, 21), local(3, 8), "quiet_hours"),
        (Limits(safe_hours="12:30-13:30"), local(2, 9), local(2, 12, 30), "safe_contact"),
        (Limits(safe_hours="12:30-13:30"), local(2, 13), local(2, 13), ""),
        # Free in the night and the evening: what is left of it are the hours until 20.
        (Limits(safe_hours="18:00-06:00"), local(2, 9), local(2, 18), "safe_contact"),
        (Limits(safe_days="67"), local(2, 9), local(7, 8), "safe_contact"),
        # Sunday 8 March is Women's Day.
        (Limits(safe_days="7"), local(2, 9), local(15, 8), "safe_contact"),
        (Limits(), local(8, 9), local(9, 8), "holiday"),
        (Limits(on_holidays=True), local(8, 9), local(8, 9), ""),
        (Limits(present="TH"), local(8, 9), local(8, 9), ""),
        (Limits(), local(14, 9, month=4), local(17, 8, month=4), "holiday"),
    ],
)
def test_s36_each_limit_narrows_the_hours(
    limits: Limits, now: datetime, opens: datetime, reason: str
) -> None:
    assert next_open("sms", HOME, now, limits) == Opening(opens, reason)


def test_s5_hours_in_which_nothing_is_ever_sent_leave_no_opening() -> None:
    assert next_open("sms", HOME, local(2, 9), Limits(safe_hours="22:00-05:00")) is None
    assert next_open("voice", HOME, local(2, 9), Limits(safe_hours="09:00-17:00")) is None


@pytest.mark.parametrize(
    ("country", "day", "holiday"),
    [
        ("KH", date(2026, 3, 8), True),
        ("TH", date(2026, 3, 8), False),
        ("TH", date(2026, 4, 13), True),
        ("KH", date(2026, 4, 13), False),
        ("", date(2026, 1, 1), False),
        ("XX", date(2026, 1, 1), False),
    ],
)
def test_s36_holidays_are_those_of_the_persons_country(
    country: str, day: date, holiday: bool
) -> None:
    assert is_holiday(country, day) is holiday


def test_where_somebody_is_goes_before_what_their_zone_says() -> None:
    assert country_of(THAILAND) == "TH"
    assert country_of(HOME, "MY") == "MY"
    assert country_of(HOME, "not_asked") == "KH"
    assert country_of("Europe/Paris") == ""


spans = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda s: s[0] < s[1])
clocks = st.tuples(st.integers(0, 23), st.sampled_from(["00", "30"])).map(
    lambda c: f"{c[0]:02}:{c[1]}"
)
limits = st.builds(
    Limits,
    hours=st.none() | spans,
    on_holidays=st.booleans(),
    present=st.sampled_from(["", "KH", "TH"]),
    safe_hours=st.just("") | st.tuples(clocks, clocks).map("-".join),
    safe_days=st.just("") | st.sets(st.sampled_from("1234567"), min_size=1).map("".join),
)


@given(
    st.integers(0, 365 * 48).map(
        lambda h: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=h / 2)
    ),
    st.sampled_from(["sms", "voice"]),
    st.sampled_from([HOME, THAILAND, "Asia/Seoul"]),
    limits,
)
def test_s36_an_opening_is_in_everybodys_hours_on_a_permitted_day_and_stays_open(
    now: datetime, channel: str, zone: str, narrowed: Limits
) -> None:
    found = next_open(channel, zone, now, narrowed)
    if found is None:
        return
    at = found.at.astimezone(ZoneInfo(zone))
    first, last = USUAL[channel]
    assert found.at >= now
    assert first <= at.hour < last
    assert (found.reason == "") == (found.at == now)
    assert not narrowed.safe_days or str(at.isoweekday()) in narrowed.safe_days
    assert narrowed.on_holidays or not is_holiday(country_of(zone, narrowed.present), at.date())
    assert next_open(channel, zone, found.at, narrowed) == Opening(found.at, "")
