"""Does what is due, in order of its due time, on a clock that may run fast or leap forward."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

import structlog

from outreach.kernel.clock import Clock

log = structlog.get_logger(__name__)

_TICK_SECONDS = 0.02  # real ones: the clock can't be waited on, only asked


class Schedule:
    """One heap of what will happen. Actions get their due time, which may lie before now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._heap: list[tuple[datetime, int, Callable[[datetime], None]]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, due: datetime, action: Callable[[datetime], None]) -> None:
        """Calls `action` once the clock shows `due`; what is due together runs as it came."""
        heapq.heappush(self._heap, (due, next(self._order), action))

    async def until(self, due: datetime) -> None:
        """Waits until the clock shows `due`."""
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake(_at: datetime) -> None:
            if not reached.done():
                reached.set_result(None)

        self.at(due, wake)
        await reached

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            self.run_due()
            await asyncio.sleep(_TICK_SECONDS)

    def run_due(self) -> None:
        """Does all that is due now; one action's failure is logged and stops no other."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            due, _, action = heapq.heappop(self._heap)
            try:
                action(due)
            except Exception as error:
                log.error("an event of the network failed", error=type(error).__name__)
