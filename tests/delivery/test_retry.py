"""When a failed attempt is followed by another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.rules.consequences import Again, after
from outreach.delivery.rules.retry import RetryPolicy, TryAgain, decide
from outreach.gateways.ports import ErrorClass

ZONE = "Asia/Phnom_Penh"
MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 09:00 in Phnom Penh
DAY = timedelta(days=1)
LATE = MORNING + timedelta(days=9)


def again(policy: RetryPolicy, attempts: int = 1, now: datetime = MORNING, channel: str = "sms"):
    return decide(policy, attempts=attempts, channel=channel, now=now, zone=ZONE, expires_at=LATE)


def test_the_next_try_is_at_another_time_of_day():
    policy = RetryPolicy(limit=3, hours=(9, 18))
    assert again(policy) == TryAgain(datetime(2026, 3, 2, 11, 0, tzinfo=UTC), "sms")


def test_the_last_try_goes_by_the_other_channel_if_the_campaign_says_so():
    policy = RetryPolicy(limit=2, hours=(18,), other_channel=True)
    assert again(policy).channel == "voice"
    assert again(policy, channel="voice").channel == "sms"


def test_no_try_after_the_limit():
    assert again(RetryPolicy(limit=2), attempts=2) is None


def test_no_try_after_the_delivery_has_expired():
    policy = RetryPolicy(limit=3, hours=(18,))
    soon = MORNING + timedelta(hours=2)
    assert (
        decide(policy, attempts=1, channel="sms", now=MORNING, zone=ZONE, expires_at=soon) is None
    )


@given(
    st.integers(0, 525_600).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
    st.sets(st.integers(0, 23), min_size=1, max_size=4),
    st.integers(0, 4),
)
def test_a_retry_lies_in_the_future_at_one_of_the_hours(now, hours, days):
    policy = RetryPolicy(limit=2, hours=tuple(hours), days_between=days)
    found = decide(
        policy, attempts=1, channel="sms", now=now, zone=ZONE, expires_at=now + timedelta(days=9)
    )
    assert found is not None
    assert max(0, days - 1) * DAY < found.at - now <= (3 + days) * DAY
    assert (found.at.hour + 7) % 24 in hours


def test_the_next_try_waits_as_many_days_as_the_campaign_says():
    policy = RetryPolicy(limit=2, hours=(9, 18), days_between=2)
    assert again(policy) == TryAgain(datetime(2026, 3, 4, 11, 0, tzinfo=UTC), "sms")


def test_the_channel_stays_where_the_other_one_is_not_open_to_the_person():
    policy = RetryPolicy(limit=2, other_channel=True, channels=frozenset({"sms"}))
    assert again(policy).channel == "sms"


@pytest.mark.parametrize("klass", [*ErrorClass, ""])
def test_no_error_is_tried_more_often_than_its_class_and_the_campaign_allow(klass):
    policy = RetryPolicy(limit=4)
    tries = [
        attempts
        for attempts in range(1, 6)
        if decide(
            policy,
            attempts=attempts,
            channel="sms",
            now=MORNING,
            zone=ZONE,
            expires_at=LATE,
            error_class=klass,
        )
    ]
    most = {Again.AS_POLICY: [1, 2, 3], Again.A_LITTLE: [1]}
    assert tries == most.get(after(klass).again, [])
