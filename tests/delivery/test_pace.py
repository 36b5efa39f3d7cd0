"""The pace in parts per second, in one process and over several."""

from __future__ import annotations

import asyncio
import time

import pytest

from outreach.delivery.pace import Pacer
from outreach.delivery.pacing.book import MemoryBook, SharedBook, paces
from outreach.gateways.ports import Throttled
from outreach.store.engine import transaction

LIMITS = {"sms": 200.0, "voice": 1.0}


def spend(*pacers: Pacer, units: int, times: int) -> float:
    """Seconds until all of `pacers` took `times` units at the same time."""

    async def one(pacer: Pacer) -> None:
        for _ in range(times):
            await pacer.take(units)

    async def all_of_them() -> float:
        began = time.monotonic()
        await asyncio.gather(*(one(pacer) for pacer in pacers))
        return time.monotonic() - began

    return asyncio.run(all_of_them())


def test_a_hundred_parts_at_two_hundred_a_second_take_their_time():
    # 150 parts less the first burst of 50: half a second at the least.
    assert 0.49 <= spend(Pacer(200), units=3, times=50) < 1.5


def test_a_text_longer_than_a_burst_leaves_all_the_same():
    assert spend(Pacer(10), units=10, times=1) < 2


def test_an_answer_overtakes_and_the_broadcast_pays_for_it():
    async def run() -> float:
        pacer = Pacer(200)
        for _ in range(30):
            pacer.overtake(5)
        began = time.monotonic()
        await pacer.take(1)
        return time.monotonic() - began

    assert asyncio.run(run()) >= 0.4


def test_answers_that_overtake_a_small_pace_are_reserved_together():
    reserved, some = [], asyncio.Event()

    class Noting(MemoryBook):
        async def reserve(self, channel, units, limit):
            reserved.append(units)
            some.set()
            return await super().reserve(channel, units, limit)

    async def run() -> None:
        pacer = Pacer(1, Noting())
        for _ in range(50):
            pacer.overtake(3)
            await asyncio.sleep(0)
        await asyncio.wait_for(some.wait(), 20)

    asyncio.run(run())
    assert reserved == [3 * 50 + 1]


def test_processes_that_share_a_sender_keep_its_pace_together(postgres_database):
    pacers = [Pacer(200, SharedBook(postgres_database)) for _ in range(3)]
    # 3 × 80 parts less a burst of 50, over all of them.
    assert 0.9 <= spend(*pacers, units=2, times=40) < 4


def test_too_many_said_to_one_process_slows_them_all(postgres_database):
    first, second = (SharedBook(postgres_database) for _ in range(2))
    asyncio.run(Pacer(200, first).slow())
    grant = asyncio.run(second.reserve("sms", 10, 200))
    assert 100 <= grant.rate < 120


@pytest.mark.parametrize("kind", [MemoryBook, SharedBook])
def test_how_the_pace_stands_is_there_for_other_processes(database, kind):
    book = kind(database) if kind is SharedBook else MemoryBook()
    asyncio.run(book.reserve("sms", 10, 200))
    asyncio.run(book.slow("sms", 200))
    if isinstance(book, MemoryBook):
        book.write(database)
    sms, voice = paces(database, LIMITS)
    assert 100 <= sms.allowed < 130
    assert (voice.live, voice.allowed) == (0, 1)


def test_a_pace_that_cant_be_reserved_waits_for_the_database(postgres_database):
    book = SharedBook(postgres_database)
    asyncio.run(book.reserve("sms", 1, 200))
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"  # noqa: E501
    with transaction(postgres_database) as connection:
        connection.exec_driver_sql(query)
    assert spend(Pacer(200, book), units=1, times=1) < 5


def test_a_gateway_that_says_too_many_slows_the_sender(runtime, world):
    for index in range(3):
        world.enrol(index)
    world.fire()
    limits = {"sms": runtime.settings.sms_pace, "voice": runtime.settings.call_pace}
    world.gateway.script(Throttled(60))
    world.send()
    if isinstance(runtime.book, MemoryBook):
        runtime.book.write(runtime.engine)
    sms, _voice = paces(runtime.engine, limits)
    assert sms.allowed < 0.7 * limits["sms"]
