"""Where a sender's pace is kept: in the one process that sends, or in the database for many."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

from outreach.delivery.pacing import queries
from outreach.delivery.rules import pace
from outreach.delivery.rules.pace import Bucket, Grant
from outreach.store.engine import reading, transaction


class Book(Protocol):
    """Where a sender's pace on each channel is kept."""

    async def reserve(self, channel: str, units: float, limit: float) -> Grant:
        """Reserves `units` of a pace of `limit` units per second."""
        ...

    async def slow(self, channel: str, limit: float) -> None:
        """The gateway says that it was too much."""
        ...


class MemoryBook:
    """The book of a process that sends alone."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    async def reserve(self, channel: str, units: float, limit: float) -> Grant:
        bucket, now = self._opened(channel, limit)
        self._buckets[channel], grant = pace.reserve(bucket, units, limit, now)
        return grant

    async def slow(self, channel: str, limit: float) -> None:
        bucket, now = self._opened(channel, limit)
        self._buckets[channel] = pace.slowed(bucket, limit, now)

    def write(self, engine: Engine) -> None:
        """Notes how it stands, for who looks from another process (`delivery status`)."""
        if self._buckets:
            with transaction(engine) as connection:
                for channel, bucket in self._buckets.items():
                    queries.put(connection, channel, bucket)

    def _opened(self, channel: str, limit: float) -> tuple[Bucket, float]:
        now = self._clock()
        return self._buckets.get(channel) or pace.fresh(limit, now), now


class SharedBook:
    """The book in the database, by the database's clock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def reserve(self, channel: str, units: float, limit: float) -> Grant:
        return await asyncio.to_thread(self._reserve, channel, units, limit)

    async def slow(self, channel: str, limit: float) -> None:
        await asyncio.to_thread(self._slow, channel, limit)

    def _reserve(self, channel: str, units: float, limit: float) -> Grant:
        with transaction(self._engine) as connection:
            bucket, now = _opened(connection, channel, limit)
            after, grant = pace.reserve(bucket, units, limit, now)
            queries.put(connection, channel, after)
        return grant

    def _slow(self, channel: str, limit: float) -> None:
        with transaction(self._engine) as connection:
            bucket, now = _opened(connection, channel, limit)
            queries.put(connection, channel, pace.slowed(bucket, limit, now))


@dataclass(frozen=True)
class Pace:
    """How a channel's pace stands: units per second that left lately, and that may leave now."""

    channel: str
    live: float
    allowed: float


def paces(engine: Engine, limits: dict[str, float]) -> tuple[Pace, ...]:
    """How the pace stands on each channel of `limits` (units per second)."""
    with reading(engine) as connection:
        now, known = queries.seconds(connection), queries.buckets(connection)
    found = {name: known.get(name) or pace.fresh(limit, now) for name, limit in limits.items()}
    return tuple(
        Pace(name, pace.live(bucket, now), pace.allowed(bucket, limits[name], now))
        for name, bucket in found.items()
    )


def _opened(connection: Connection, channel: str, limit: float) -> tuple[Bucket, float]:
    """The channel's bucket, locked, and the time after it was."""
    found = queries.bucket(connection, channel)
    if found is None:
        queries.add(connection, channel, pace.fresh(limit, queries.seconds(connection)))
        found = queries.bucket(connection, channel)
    now = queries.seconds(connection)
    return found or pace.fresh(limit, now), now
