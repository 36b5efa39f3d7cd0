"""Decides whether a failed attempt is followed by another, when, and on which channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SOONEST = timedelta(hours=1)


@dataclass(frozen=True)
class RetryPolicy:
    """How a campaign tries again: at most `limit` attempts in all, at the given local `hours`
    (another time of day than the failed one), the last of them on the other channel if
    `other_channel` says so."""

    limit: int = 1
    hours: tuple[int, ...] = (8, 18)
    other_channel: bool = False


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
) -> TryAgain | None:
    """The next try after `attempts` failed ones, or None to give up."""
    if attempts >= policy.limit:
        return None
    at = _next_hour(policy.hours, now, ZoneInfo(zone))
    if at >= expires_at:
        return None
    last = attempts + 1 == policy.limit
    switched = {"sms": "voice", "voice": "sms"}[channel]
    return TryAgain(at, switched if last and policy.other_channel else channel)


def _next_hour(hours: tuple[int, ...], now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    times = [
        (local + timedelta(days=day)).replace(hour=hour, minute=0, second=0, microsecond=0)
        for day in range(3)
        for hour in sorted(hours)
    ]
    later = [at for at in times if at >= local + _SOONEST]
    # Where the campaign names one hour only, the same hour another day has to do.
    other = next((at for at in later if at.hour != local.hour), later[0])
    return other.astimezone(now.tzinfo)
