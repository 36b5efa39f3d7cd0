"""A sender's pace as a bucket: who reserves units is told when they may leave, also after a 429.

All moments are real seconds (since 1970, or of any clock that only grows), because the pace
protects a carrier's interface; a rehearsal's accelerated clock has no say in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# A bucket that rested may let this many seconds' worth leave at once.
BURST = 0.25
# The gateway says "too many": half as much at once; then this share of the limit more per second.
_SLOWER = 0.5
_RECOVERY = 0.02
_FLOOR = 0.05
# Requests in flight hear of one and the same "too many"; it counts once in so many seconds.
_ONE_EVENT = 1.0
_WINDOW = 5.0


@dataclass(frozen=True)
class Bucket:
    """`free_at` is when all that is reserved has left; `rate` was allowed at `rate_at`;
    `window_units` were reserved since `window_at`, and `live` per second in the window before."""

    free_at: float
    rate: float
    rate_at: float
    slowed_at: float
    window_at: float
    window_units: float
    live: float


@dataclass(frozen=True)
class Grant:
    """`units` may leave, one after the other at `rate` per second, the first in `starts_in`
    seconds (a bucket that rested gives a start in the past)."""

    units: float
    starts_in: float
    rate: float


def fresh(limit: float, now: float) -> Bucket:
    """A bucket that has rested."""
    return Bucket(now - BURST, limit, now, now - _ONE_EVENT, now, 0, 0)


def allowed(bucket: Bucket, limit: float, now: float) -> float:
    """Units per second that may leave now: at most `limit`, less after a 429."""
    grown = bucket.rate + max(0.0, now - bucket.rate_at) * limit * _RECOVERY
    return max(min(limit, grown), limit * _FLOOR)


def live(bucket: Bucket, now: float) -> float:
    """Units per second that were reserved lately; 0 once nothing was for a while."""
    age = now - bucket.window_at
    if age > 3 * _WINDOW:
        return 0.0
    return bucket.live if age < _WINDOW else bucket.window_units / age


def reserve(bucket: Bucket, units: float, limit: float, now: float) -> tuple[Bucket, Grant]:
    """Reserves `units`, behind all that is reserved already."""
    rate = allowed(bucket, limit, now)
    starts = max(bucket.free_at, now - BURST)
    age = now - bucket.window_at
    turned = age >= _WINDOW
    after = replace(
        bucket,
        free_at=starts + units / rate,
        rate=rate,
        rate_at=now,
        window_at=now if turned else bucket.window_at,
        window_units=units if turned else bucket.window_units + units,
        live=live(bucket, now) if turned else bucket.live,
    )
    return after, Grant(units, starts - now, rate)


def slowed(bucket: Bucket, limit: float, now: float) -> Bucket:
    """The bucket after the gateway said "too many"."""
    if now - bucket.slowed_at < _ONE_EVENT:
        return bucket
    rate = max(allowed(bucket, limit, now) * _SLOWER, limit * _FLOOR)
    return replace(bucket, rate=rate, rate_at=now, slowed_at=now)
