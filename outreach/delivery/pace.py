"""Paces what leaves, in parts (SMS) or calls per second, over all processes that share a sender.

A process reserves a slice at a time in the book, so that the shared row is not locked per message,
and spends it by itself.
"""

from __future__ import annotations

import asyncio
import time

import structlog

from outreach.delivery.pacing.book import Book, MemoryBook
from outreach.delivery.rules import pace
from outreach.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

# What is reserved and not spent so long after its time is given up; spent later it would come on
# top of what others send then.
_STALE_SECONDS = 1.0
# Shorter waits cost more than they smooth.
_WORTH_WAITING = 0.002
_AGAIN_SECONDS = 1.0
# What overtakes waits for nothing, so it is reserved this far apart: for a small pace a slice is
# less than one text, and each would have a transaction of its own.
_GATHER_SECONDS = 0.1


class Pacer:
    """A process's share of a pace. `limit` is in units per second."""

    def __init__(self, limit: float, book: Book | None = None, channel: str = "sms") -> None:
        self._limit, self._book, self._channel = limit, book or MemoryBook(), channel
        self._slice = max(1.0, limit * pace.BURST)
        self._left, self._next, self._rate = 0.0, 0.0, limit
        self._refilling: asyncio.Task[None] | None = None
        self._gathering: asyncio.Task[None] | None = None

    @property
    def rate(self) -> float:
        """Units per second at the most."""
        return self._limit

    async def take(self, units: int) -> None:
        """Waits until `units` may leave."""
        self._drop_stale()
        while self._left < units:
            await self._refill(units)
        leaves = self._spend(units)
        self._top_up()
        wait = leaves - time.monotonic()
        if wait > _WORTH_WAITING:
            await asyncio.sleep(wait)

    def overtake(self, units: int) -> None:
        """Spends `units` without waiting: a person's answer goes now, broadcasts wait for it."""
        self._spend(units)
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())

    async def slow(self) -> None:
        """The gateway says that it was too much: what is reserved is given up."""
        self._left = min(self._left, 0.0)
        try:
            await self._book.slow(self._channel, self._limit)
        except Unavailable as error:
            log.warning("the lower pace can't be noted", error=str(error))

    def _spend(self, units: int) -> float:
        """Takes `units` from what is reserved, perhaps more than there is; when the last leaves."""
        self._left -= units
        self._next = max(self._next, time.monotonic() - pace.BURST) + units / self._rate
        return self._next

    async def _gather(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        self._gathering = None
        self._top_up()

    def _top_up(self) -> None:
        if self._left < self._slice / 2 and self._refilling is None:
            self._refilling = asyncio.create_task(self._more(self._slice - self._left))

    async def _refill(self, units: float) -> None:
        if self._refilling is None:
            self._refilling = asyncio.create_task(self._more(max(units, self._slice) - self._left))
        await self._refilling

    async def _more(self, units: float) -> None:
        try:
            grant = await self._book.reserve(self._channel, units, self._limit)
        except Unavailable as error:
            log.warning("the pace can't be reserved; trying again", error=str(error))
            await asyncio.sleep(_AGAIN_SECONDS)
            return
        finally:
            self._refilling = None
        self._left += grant.units
        self._rate = grant.rate
        self._next = max(self._next, time.monotonic() + grant.starts_in)

    def _drop_stale(self) -> None:
        if self._left > 0 and time.monotonic() - self._next > _STALE_SECONDS:
            self._left = 0.0
