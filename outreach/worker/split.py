"""The processes of a split installation: a scheduler that leads, and workers that send and do jobs.

Features write due rows; the leader puts up what the rows ask for; any worker does it.
"""

from __future__ import annotations

import asyncio

import structlog

from outreach.bootstrap import Runtime
from outreach.kernel.errors import Unavailable
from outreach.worker.chores import Chore, in_thread
from outreach.worker.jobs import Board, work
from outreach.worker.presence import Presence, until_told_to_stop
from outreach.worker.sending import send
from outreach.worker.ticks import Ticks

log = structlog.get_logger(__name__)

_SWEEP_SECONDS = 600.0


async def schedule(runtime: Runtime) -> None:
    """Leads, or stands by to lead, until it is told to stop."""
    stop, board = until_told_to_stop(), Board(runtime)
    presence = Presence(runtime, "scheduler", candidate=True)

    async def run(chore: Chore) -> None:
        if not presence.leads:
            return
        if chore.waits is None:
            await chore.work(runtime)
        elif await in_thread(runtime, chore.waits, runtime):
            await board.put_up(chore)

    async with presence.among_others():
        ticks, sweeping = Ticks(run), asyncio.create_task(_sweep(board, presence))
        ticks.start()
        log.info("scheduler runs", process=presence.who.id)
        await stop.wait()
        ticks.stop()
        sweeping.cancel()
    await board.close()
    await runtime.gateway.close()


async def send_and_work(runtime: Runtime) -> None:
    """Sends and does jobs until it is told to stop; then finishes what has left, and gives back
    the rest."""
    stop, presence = until_told_to_stop(), Presence(runtime, "worker")
    dispatcher = runtime.dispatcher(presence.who.id, presence.senders)
    async with presence.among_others(), asyncio.TaskGroup() as group:
        group.create_task(send(runtime, dispatcher, stop))
        group.create_task(work(runtime, stop))
        log.info("worker runs", process=presence.who.id)
    await runtime.gateway.close()


async def _sweep(board: Board, presence: Presence) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        if presence.leads:
            try:
                await board.sweep()
            except Unavailable as error:
                log.warning("the record of jobs is swept next time", error=str(error))
