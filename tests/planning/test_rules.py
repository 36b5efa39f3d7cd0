"""Quiet hours in the person's own zone, the frequency cap, and when a schedule fires next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.kernel.errors import BadInput
from outreach.planning.rules import cap, window
from outreach.planning.schedule import next_firing

HOME = "Asia/Phnom_Penh"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def local(day: int, hour: int, minute: int = 0, zone: str = HOME) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("channel", "zone", "now", "opens"),
    [
        ("sms", HOME, local(2, 7, 59), local(2, 8)),
        ("sms", HOME, local(2, 8), local(2, 8)),
        ("sms", HOME, local(2, 19, 59), local(2, 19, 59)),
        ("sms", HOME, local(2, 20), local(3, 8)),
        ("voice", HOME, local(2, 9), local(2, 18)),
        ("voice", HOME, local(2, 20), local(3, 18)),
        ("sms", "Asia/Bangkok", local(2, 8), local(2, 9)),
        ("sms", "Asia/Seoul", local(4, 19), local(5, 8, zone="Asia/Seoul")),
    ],
)
def test_s36_messages_keep_to_the_hours_of_the_persons_own_zone(
    channel: str, zone: str, now: datetime, opens: datetime
) -> None:
    found = window.next_open(channel, zone, now)
    assert found
    assert (found.at, found.reason) == (opens, "" if opens == now else "quiet_hours")


@given(
    st.integers(0, 525_600).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    st.sampled_from(["sms", "voice"]),
    st.sampled_from([HOME, "Asia/Bangkok", "Asia/Kuala_Lumpur", "Asia/Seoul"]),
)
def test_s36_the_opening_is_never_in_the_past_and_is_open(
    now: datetime, channel: str, zone: str
) -> None:
    found = window.next_open(channel, zone, now)
    assert found
    assert found.at >= now
    assert window.next_open(channel, zone, found.at) == window.Opening(found.at, "")


def test_s36_the_third_broadcast_in_seven_days_is_one_too_many() -> None:
    assert [cap.exceeded(before) for before in range(4)] == [False, False, True, True]


def test_a_schedule_for_once_fires_at_its_local_time_and_then_never() -> None:
    assert next_firing("once", "2026-03-02T18:00", HOME, local(2, 17)) == local(2, 18)
    assert next_firing("once", "2026-03-02T18:00", HOME, local(2, 18)) is None


def test_a_weekly_schedule_fires_on_its_named_day() -> None:
    first = next_firing("cron", "0 18 * * tue", HOME, local(2, 12))
    assert first == local(3, 18)
    assert next_firing("cron", "0 18 * * tue", HOME, first) == local(10, 18)


@pytest.mark.parametrize("rule", ["", "0 18 * * 1", "0 18 * *", "soon", "61 * * * mon"])
def test_a_schedule_that_cant_be_read_says_what_to_write(rule: str) -> None:
    with pytest.raises(BadInput, match="five cron fields"):
        next_firing("cron", rule, HOME, local(2, 12))


def test_a_time_zone_that_is_not_there_is_told() -> None:
    with pytest.raises(BadInput, match="time zone"):
        next_firing("once", "2026-03-02T18:00", "Asia/Atlantis", local(2, 12))
