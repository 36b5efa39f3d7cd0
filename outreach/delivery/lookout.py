"""Looks for what is due on behalf of all pumps that rest: one look that only reads, instead of a
claim by each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from sqlalchemy import Engine

from outreach.delivery import queries
from outreach.delivery.lane import Lane
from outreach.delivery.stops.queries import scopes
from outreach.kernel.clock import Clock
from outreach.store.engine import reading

_Place = tuple[str, str]


class Lookout:
    """Of one process: every `seconds` it wakes those who rest and for whom something is due."""

    def __init__(self, engine: Engine, clock: Clock, lanes: Collection[Lane], seconds: float):
        self._engine, self._clock, self._seconds = engine, clock, seconds
        self._lanes = {lane.name: lane for lane in lanes}
        self._calls: dict[_Place, asyncio.Event] = {}
        self._resting: set[_Place] = set()

    def wake(self, lane: str, channel: str) -> None:
        """Somebody knows that something is due."""
        self._call(lane, channel).set()

    def begin(self, lane: str, channel: str) -> None:
        """Who looks for itself from now on needs no earlier call."""
        self._call(lane, channel).clear()

    async def rest(self, lane: str, channel: str) -> None:
        """Waits until something seems to be due, or is called."""
        place = lane, channel
        self._resting.add(place)
        try:
            await self._call(lane, channel).wait()
        finally:
            self._resting.discard(place)

    async def keep(self, stop: asyncio.Event) -> None:
        """Looks until `stop` is set, which wakes everybody."""
        while not stop.is_set():
            await asyncio.sleep(self._seconds)
            places = list(self._resting)
            try:
                due = await asyncio.to_thread(self._due, places) if places else places
            except Exception:  # whatever it is: they will find out what is wrong, and tell
                due = places
            for place in due:
                self.wake(*place)
        for call in self._calls.values():
            call.set()

    def _due(self, places: Collection[_Place]) -> list[_Place]:
        now = self._clock.now()
        with reading(self._engine) as connection:
            stopped = scopes(connection)
            return [
                (lane, channel)
                for lane, channel in places
                if queries.hungry(connection, self._lanes[lane], channel, stopped, now)
            ]

    def _call(self, lane: str, channel: str) -> asyncio.Event:
        return self._calls.setdefault((lane, channel), asyncio.Event())
