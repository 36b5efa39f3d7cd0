"""Runs the sender and the ticks beside whatever else the process does: all in one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from outreach.bootstrap import Runtime
from outreach.delivery import settle
from outreach.delivery.dispatch import Dispatcher
from outreach.hotline.catching_up import before_sending
from outreach.worker.chores import Chore, in_thread
from outreach.worker.presence import Presence
from outreach.worker.ticks import Ticks

log = structlog.get_logger(__name__)


@asynccontextmanager
async def sending(
    runtime: Runtime, dispatcher: Dispatcher, presence: Presence
) -> AsyncIterator[None]:
    """Sends and ticks for as long as the block runs; then finishes what has left."""

    async def run(chore: Chore) -> None:
        await chore.work(runtime)

    stop, ticks = asyncio.Event(), Ticks(run)
    async with presence.among_others():
        if runtime.alone:
            for lane in runtime.lanes:
                await in_thread(runtime, settle.take_back_all, runtime.engine, runtime.clock, lane)
        ticks.start()
        pumps = asyncio.create_task(send(runtime, dispatcher, stop))
        pumps.add_done_callback(_end_with)
        try:
            yield
        finally:
            ticks.stop()
            stop.set()
            await pumps
            await runtime.gateway.close()


def _end_with(pumps: asyncio.Task[None]) -> None:
    """A process whose sender broke must not look as if all were well: it ends, to be started
    again."""
    if not pumps.cancelled() and (error := pumps.exception()):
        log.critical("the sender broke; the process ends", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)


async def send(runtime: Runtime, dispatcher: Dispatcher, stop: asyncio.Event) -> None:
    """Sends, but only after what came in while we were down: a STOP among it counts first (S14).
    Hearing that may take minutes; `stop` waits for none of it."""
    numbers = runtime.settings.own_numbers
    async with asyncio.TaskGroup() as group:
        hearing = group.create_task(
            before_sending(runtime.desk, runtime.gateway, numbers, runtime.executor)
        )
        breaking_off = group.create_task(_cancel_at(stop, hearing))
        hearing.add_done_callback(lambda _hearing: breaking_off.cancel())
    if not stop.is_set():
        await dispatcher.run(stop)


async def _cancel_at(stop: asyncio.Event, task: asyncio.Task[None]) -> None:
    await stop.wait()
    task.cancel()
