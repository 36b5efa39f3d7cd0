"""Makes a process known to the others, keeps its leadership, and ends it in order on a signal."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from outreach.bootstrap import Runtime
from outreach.kernel.errors import Unavailable
from outreach.store import processes
from outreach.store.processes import Identity

log = structlog.get_logger(__name__)

_REPORT_SECONDS = 3.0


class Presence:
    """A process among others; a `candidate` may lead."""

    def __init__(self, runtime: Runtime, kind: str, *, candidate: bool = False) -> None:
        name = f"{kind}-{secrets.token_hex(4)}"
        self.who = Identity(name, kind, socket.gethostname(), os.getpid())
        self._runtime, self._candidate = runtime, candidate
        self._leads_until, self._senders = 0.0, 1

    @property
    def leads(self) -> bool:
        """Whether this process leads, as far as it can know: a term that it did not renew, because
        it was stopped or the database away, is over here no later than for the others."""
        return time.monotonic() < self._leads_until

    def senders(self) -> int:
        """How many processes send, as far as it heard."""
        return self._senders

    async def report(self) -> None:
        """Reports once."""
        began, led = time.monotonic(), self.leads
        standing = await asyncio.to_thread(
            processes.report, self._runtime.engine, self.who, candidate=self._candidate
        )
        self._leads_until = began + processes.TERM.total_seconds() if standing.leads else 0.0
        if self.leads != led:
            log.info("leads" if self.leads else "leads no more", process=self.who.id)
        self._senders = standing.senders

    @asynccontextmanager
    async def among_others(self) -> AsyncIterator[None]:
        """Reports as long as the block runs, then takes leave; there is nobody to report to where
        one process does all."""
        if self._runtime.alone:
            yield
            return
        await self.report()
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
            try:
                await asyncio.to_thread(processes.leave, self._runtime.engine, self.who)
            except Unavailable as error:
                log.warning("could not take leave; its term runs out", error=str(error))

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_REPORT_SECONDS)
            try:
                await self.report()
            except Unavailable as error:
                log.warning("could not report", error=str(error))


def until_told_to_stop() -> asyncio.Event:
    """An event that SIGTERM or Ctrl-C sets."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
