"""Wakes what is due: APScheduler ticks in real time, our Clock decides what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from outreach.bootstrap import Runtime
from outreach.delivery.settle import poll, reconcile, tidy
from outreach.hotline.catching_up import catch_up
from outreach.planning import broadcasts
from outreach.planning.steering import end_canceled
from outreach.reach.fold import fold

log = structlog.get_logger(__name__)

_PLAN_SECONDS = 0.3
_SETTLE_SECONDS = 1.0
_FOLD_SECONDS = 0.5
_CATCH_UP_SECONDS = 5.0
# A tick that comes late is still worth one run; several late ones are one.
_MISFIRE_SECONDS = 60


class Ticks:
    """The scheduler of one process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": _MISFIRE_SECONDS,
            },
        )

    def start(self) -> None:
        """Begins to tick in the running event loop."""
        for work, seconds in (
            (self.plan, _PLAN_SECONDS),
            (self.settle, _SETTLE_SECONDS),
            (self.fold, _FOLD_SECONDS),
            (self.catch_up, _CATCH_UP_SECONDS),
        ):
            self._scheduler.add_job(work, "interval", seconds=seconds)
        self._scheduler.start()

    def stop(self) -> None:
        """Starts no more ticks."""
        self._scheduler.shutdown(wait=False)

    async def plan(self) -> None:
        """Fires what is due, plans it chunk by chunk, and closes what is finished."""
        engine, clock = self._runtime.engine, self._runtime.clock
        await self._in_thread(broadcasts.fire_due, engine, clock)
        while await self._in_thread(broadcasts.plan, engine, clock):
            continue
        await self._in_thread(end_canceled, engine, clock, self._runtime.desk.broadcasts)
        await self._in_thread(broadcasts.finish, engine, clock)

    async def settle(self) -> None:
        """Takes back lost leases, looks up uncertain attempts, polls silent ones."""
        runtime = self._runtime
        for lane in runtime.lanes:
            await self._in_thread(tidy, runtime.engine, runtime.clock, lane)
            for ask in (reconcile, poll):
                await ask(runtime.engine, runtime.clock, lane, runtime.gateway, runtime.executor)

    async def catch_up(self) -> None:
        """Takes in the texts and calls that no hook told of."""
        runtime = self._runtime
        await catch_up(runtime.desk, runtime.gateway, runtime.numbers, runtime.executor)

    async def fold(self) -> None:
        """Brings the reach figures up to date."""
        await self._in_thread(fold, self._runtime.engine)

    async def _in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._runtime.executor, work, *args)
