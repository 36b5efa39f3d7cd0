"""Wakes what is due: APScheduler ticks in real time, our Clock decides what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from outreach.kernel.errors import Unavailable
from outreach.worker.chores import CHORES, Chore

log = structlog.get_logger(__name__)

# A tick that comes late is still worth one run; several late ones are one.
_MISFIRE_SECONDS = 60
# By so much of its interval each chore begins before the one that stands before it: the golden
# section, whose multiples never come close to one another.
_APART = 0.618


class Ticks:
    """The scheduler of one process. `run` does a chore, or hands it to who does it."""

    def __init__(self, run: Callable[[Chore], Awaitable[None]]) -> None:
        self._run, self._stopped = run, False
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
        # That a turn which takes long has the next ones skipped is no news, thrice a second.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        now = datetime.now(UTC)
        for number, chore in enumerate(CHORES):
            # Not all together at each full second: who waits for an answer would feel it.
            first = now + timedelta(seconds=chore.seconds * (1 - number * _APART % 1))
            self._scheduler.add_job(
                self._turn, "interval", [chore], seconds=chore.seconds, start_date=first
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Starts no more ticks; those under way are broken off, and begin anew next time."""
        self._stopped = True
        self._scheduler.shutdown(wait=False)

    async def _turn(self, chore: Chore) -> None:
        try:
            await self._run(chore)
        except Unavailable as error:
            log.warning("a chore waits for its next turn", chore=chore.name, error=str(error))
        except asyncio.CancelledError:
            if not self._stopped:  # else it was `stop`, and APScheduler would tell it as an error
                raise
