"""Decides whether a failed attempt is followed by another, when, and on which channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.delivery.rules.consequences import Again, after

_SOONEST = timedelta(hours=1)
# Attempts in all where the error says that another try hardly helps.
_A_LITTLE = 2
BOTH = frozenset({"sms", "voice"})


@dataclass(frozen=True)
class RetryPolicy:
    """How a delivery is tried again: at most `limit` attempts in all, at the given local `hours`
    (another time of day than the failed one), at least `days_between` days later. The last of them
    takes the other channel if `other_channel` says so and it is among `channels`: those for which
    the campaign has words and that the person accepts."""

    limit: int = 1
    hours: tuple[int, ...] = (8, 18)
    days_between: int = 0
    other_channel: bool = False
    channels: frozenset[str] = BOTH


@dataclass(frozen=True)
class TryAgain:
    """Another attempt, due at `at` (UTC) on `channel`."""

    at: datetime
    channel: str


def decide(
    policy: RetryPolicy,
    *,
    attempts: int,
    channel: str,
    now: datetime,
    zone: str,
    expires_at: datetime,
    error_class: str = "",
) -> TryAgain | None:
    """The next try after `attempts` failed ones, the last with `error_class`; None to give up."""
    limit = _limit(policy, error_class)
    if attempts >= limit:
        return None
    at = _next_hour(policy, now, ZoneInfo(zone))
    if at >= expires_at:
        return None
    switched = {"sms": "voice", "voice": "sms"}[channel]
    switch = policy.other_channel and switched in policy.channels and attempts + 1 == limit
    return TryAgain(at, switched if switch else channel)


def _limit(policy: RetryPolicy, error_class: str) -> int:
    again = after(error_class).again
    if again is Again.AS_POLICY:
        return policy.limit
    return min(policy.limit, _A_LITTLE) if again is Again.A_LITTLE else 0


def _next_hour(policy: RetryPolicy, now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    first = policy.days_between
    times = [
        (local + timedelta(days=day)).replace(hour=hour, minute=0, second=0, microsecond=0)
        for day in range(first, first + 3)
        for hour in sorted(policy.hours)
    ]
    later = [at for at in times if at >= local + _SOONEST]
    # Where the campaign names one hour only, the same hour another day has to do.
    other = next((at for at in later if at.hour != local.hour), later[0])
    return other.astimezone(now.tzinfo)
