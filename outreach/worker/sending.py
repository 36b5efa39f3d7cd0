"""Runs the sender and the ticks beside whatever else the process does: all in one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from outreach.bootstrap import Runtime
from outreach.delivery import settle
from outreach.delivery.dispatch import Dispatcher
from outreach.hotline.catching_up import before_sending
from outreach.worker.chores import Chore, in_thread
from outreach.worker.presence import Presence
from outreach.worker.ticks import Ticks


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
        try:
            yield
        finally:
            ticks.stop()
            stop.set()
            await pumps
            await runtime.gateway.close()


async def send(runtime: Runtime, dispatcher: Dispatcher, stop: asyncio.Event) -> None:
    """Sends, but only after what came in while we were down: a STOP among it counts first (S14)."""
    numbers = runtime.settings.own_numbers
    await before_sending(runtime.desk, runtime.gateway, numbers, runtime.executor)
    await dispatcher.run(stop)
