"""The job queue of several processes: PgQueuer on the same PostgreSQL, for coarse jobs only.

A job is the name of a shared chore, at most once in the queue: what there is to do stands in our
own rows. A worker that dies or is cut off in mid-job stops its heartbeat, and another takes it up.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import psycopg
import structlog
from pgqueuer import Job, PsycopgDriver, Queries, QueueManager
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.errors import FailingListenerError
from pgqueuer.ports.driver import NotifyCallback

from outreach.bootstrap import Runtime
from outreach.kernel.errors import Unavailable
from outreach.store.engine import own_connection
from outreach.worker.chores import CHORES, Chore

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger(__name__)

# As the migration installed it.
SETTINGS = DBSettings(db_schema="jobs", durability=Durability.balanced)
# A job whose worker shows no sign for so long is another's.
_HEARTBEAT = timedelta(seconds=15)
_LOOK = timedelta(seconds=5)
_AGAIN_SECONDS = 2.0
_AT_ONCE = 4


class JobFailed(Exception):
    """A chore failed; the log says why, and the queue's own record only which kind of error."""


class Board:
    """Where the leader puts up what is to be done."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._connection: AsyncConnection | None = None
        self._opening = asyncio.Lock()

    async def put_up(self, chore: Chore) -> None:
        """Puts `chore` up once, however often it is asked for. Raises Unavailable."""
        queries = await self._queries()
        try:
            await queries.enqueue(chore.name, None, dedupe_key=chore.name, on_conflict="skip")
        except psycopg.Error as error:
            raise await self._lost(error) from error

    async def sweep(self) -> None:
        """Empties the record of jobs done: the queue never does. Raises Unavailable."""
        queries = await self._queries()
        try:
            await queries.clear_queue_log()
        except psycopg.Error as error:
            raise await self._lost(error) from error

    async def close(self) -> None:
        """Lets go of the connection."""
        if self._connection:
            await self._connection.close()
            self._connection = None

    async def _queries(self) -> Queries:
        async with self._opening:
            if self._connection is None:
                self._connection = await own_connection(self._runtime.engine)
            return queries_on(PsycopgDriver(self._connection))

    async def _lost(self, error: psycopg.Error) -> Unavailable:
        await self.close()
        return Unavailable(f"The job queue does not answer ({type(error).__name__}).")


async def work(runtime: Runtime, stop: asyncio.Event) -> None:
    """Does jobs until `stop` is set, then ends those under way; connects again where it must."""
    while not stop.is_set():
        try:
            async with (
                await own_connection(runtime.engine) as listening,
                await own_connection(runtime.engine) as working,
            ):
                await _manage(runtime, ListeningApart(listening, working), stop)
        except (psycopg.Error, FailingListenerError, Unavailable) as error:
            log.warning("the job queue is away; trying again", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)


class ListeningApart(PsycopgDriver):
    """Hears on one connection and works on another: psycopg lets no statement pass while it waits
    for a notification, and PgQueuer has it wait for a second at a time."""

    def __init__(self, listening: AsyncConnection, working: AsyncConnection) -> None:
        super().__init__(working)
        self._ear = PsycopgDriver(listening)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Calls back for each notification of `channel`."""
        await self._ear.add_listener(channel, callback)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Calls back no more."""
        await self._ear.remove_listener(channel, callback)

    async def __aenter__(self) -> Self:
        await self._ear.__aenter__()
        return await super().__aenter__()

    async def __aexit__(self, *error: object) -> None:
        await super().__aexit__(*error)
        for listening in tuple(self._ear.tm.tasks):
            listening.cancel()  # else it waits for a notification, up to a second
        await self._ear.__aexit__(*error)


def queries_on(driver: PsycopgDriver) -> Queries:
    """PgQueuer's queries on its tables as we installed them."""
    return Queries(
        driver,
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


async def _manage(runtime: Runtime, driver: PsycopgDriver, stop: asyncio.Event) -> None:
    manager = QueueManager(queries_on(driver))
    for chore in CHORES:
        if chore.shared:
            _enter(manager, runtime, chore)
    ending = asyncio.create_task(_end(manager, stop))
    try:
        await manager.run(
            dequeue_timeout=_LOOK,
            batch_size=_AT_ONCE,
            shutdown_on_listener_failure=True,
            heartbeat_timeout=_HEARTBEAT,
            log_aggregation_interval=timedelta(0),
        )
    finally:
        ending.cancel()


def _enter(manager: QueueManager, runtime: Runtime, chore: Chore) -> None:
    async def do(_job: Job) -> None:
        try:
            await chore.work(runtime)
        except Exception as error:
            log.exception("a job failed; it is put up again", job=chore.name)
            # What the queue keeps of it must hold nothing but this (S18).
            raise JobFailed(type(error).__name__) from None

    manager.entrypoint(chore.name)(do)


async def _end(manager: QueueManager, stop: asyncio.Event) -> None:
    await stop.wait()
    manager.shutdown.set()
