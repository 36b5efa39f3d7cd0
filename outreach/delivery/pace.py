"""Paces what leaves: a token bucket in parts (SMS) or calls per second of real time.

The pace protects a carrier's interface, which counts real seconds, also in a rehearsal.
"""

from __future__ import annotations

import asyncio
import time


class Pacer:
    """Lets `rate` units through per second, in bursts of at most `burst` seconds' worth."""

    def __init__(self, rate: float, burst: float = 0.25) -> None:
        self._rate, self._depth = rate, max(1.0, rate * burst)
        self._tokens, self._at = self._depth, time.monotonic()

    @property
    def rate(self) -> float:
        """Units per second."""
        return self._rate

    async def take(self, units: int) -> None:
        """Waits until `units` may leave."""
        wait = self._spend(units)
        if wait > 0:
            await asyncio.sleep(wait)

    def overtake(self, units: int) -> None:
        """Spends `units` without waiting: a person's answer goes now, broadcasts wait for it."""
        self._spend(units)

    def _spend(self, units: int) -> float:
        now = time.monotonic()
        self._tokens = min(self._depth, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._tokens -= units
        return -self._tokens / self._rate if self._tokens < 0 else 0.0
