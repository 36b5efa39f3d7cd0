"""When a failed attempt is followed by another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.rules.retry import RetryPolicy, TryAgain, decide

ZONE = "Asia/Phnom_Penh"
MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 09:00 in Phnom Penh
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
)
def test_a_retry_lies_in_the_future_at_one_of_the_hours(now, hours):
    policy = RetryPolicy(limit=2, hours=tuple(hours))
    found = decide(
        policy, attempts=1, channel="sms", now=now, zone=ZONE, expires_at=now + timedelta(days=9)
    )
    assert found is not None
    assert now < found.at <= now + timedelta(days=3)
    assert (found.at.hour + 7) % 24 in hours
