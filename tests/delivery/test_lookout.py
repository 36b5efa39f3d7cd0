"""Who has nothing to send takes no turn in the thread that writes, and sends what becomes due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from outreach.delivery.dispatch import Dispatcher, SenderPace
from outreach.delivery.lookout import Lookout
from outreach.store.engine import make_engine, transaction
from tests.delivery.rows import SENDER, deliveries

PACE = SenderPace(SENDER, parts_per_second=1_000)


class Counting(ThreadPoolExecutor):
    """Counts what is done in its thread."""

    count = 0

    def submit(self, work, /, *args, **kwargs):
        self.count += 1
        return super().submit(work, *args, **kwargs)


def run(database, clock, gateway, lane, then: Callable[[], None]) -> tuple[int, int]:
    """Sends until everything is sent; `then` happens after a rest. How much was done in the
    writing thread before the rest, and in it."""

    async def story() -> tuple[int, int]:
        stop = asyncio.Event()
        with Counting(1) as executor:
            sender = Dispatcher(database, clock, gateway, [lane], PACE, executor)
            sending = asyncio.create_task(sender.run(stop))
            await asyncio.sleep(0.3)
            before = executor.count
            await asyncio.sleep(0.7)
            rested = executor.count - before
            then()
            async with asyncio.timeout(5):
                while not gateway.sms:  # noqa: ASYNC110  (it is about the gateway)
                    await asyncio.sleep(0.01)
            stop.set()
            await sending
        return before, rested

    return asyncio.run(story())


def test_who_rests_does_nothing_in_the_writing_thread_and_sends_what_comes(
    database, clock, lane, gateway, queue
):
    assert run(database, clock, gateway, lane, queue) == (2, 0)
    assert [row.state for row in deliveries(database)] == ["trying"]


def test_who_rests_sends_what_was_there_and_becomes_due(database, clock, lane, gateway, queue):
    queue()
    table = lane.deliveries
    with transaction(database) as connection:
        later = clock.now() + timedelta(minutes=1)
        connection.execute(table.update().values(due_at=later))
    then = lambda: clock.advance(timedelta(minutes=2))  # noqa: E731
    assert run(database, clock, gateway, lane, then) == (2, 0)


def test_who_rests_is_woken_where_the_database_can_not_be_asked(clock, lane, tmp_path):
    async def story() -> None:
        stop = asyncio.Event()
        lookout = Lookout(make_engine(f"sqlite:///{tmp_path}"), clock, [lane], 0.01)
        keeping = asyncio.create_task(lookout.keep(stop))
        async with asyncio.timeout(5):
            await lookout.rest(lane.name, "sms")
        stop.set()
        await keeping

    asyncio.run(story())
