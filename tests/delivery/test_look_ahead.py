"""The next chunk is recorded while one leaves, and the one after it is leased; at a stop what is
recorded leaves, and what is only leased goes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from outreach.delivery.claiming import claim, submit
from outreach.delivery.dispatch import Dispatcher, SenderPace
from outreach.gateways.memory import MemoryGateway
from tests.delivery.rows import SENDER, attempts, deliveries

# Two messages are a third of a second of it: a chunk.
PACE = SenderPace(SENDER, parts_per_second=18, in_flight=1)


@dataclass
class Holding(MemoryGateway):
    """Answers nothing before it is let."""

    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_sms(self, sms):
        await self.let.wait()
        return await super().send_sms(sms)


class Stopping(ThreadPoolExecutor):
    """Somebody says stop just when a claim begins."""

    def __init__(self, stop: asyncio.Event) -> None:
        super().__init__(1)
        self._stop = stop

    def submit(self, work, /, *args, **kwargs):
        if work is claim:
            self._stop.set()
        return super().submit(work, *args, **kwargs)


class Noting(ThreadPoolExecutor):
    """Notes what is done in its thread."""

    def __init__(self) -> None:
        super().__init__(1)
        self.done: list[object] = []

    def submit(self, work, /, *args, **kwargs):
        self.done.append(work)
        return super().submit(work, *args, **kwargs)


def states(database) -> dict[str, int]:
    return dict(Counter(row.state for row in deliveries(database)))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  (it is about the database)
            await asyncio.sleep(0.01)


def test_a_chunk_is_recorded_and_one_leased_ahead_and_at_a_stop_only_what_is_recorded_leaves(
    database, clock, lane, queue
):
    queue(7)

    async def story() -> list[dict[str, int]]:
        seen, stop, gateway = [], asyncio.Event(), Holding(now=clock.now)
        with ThreadPoolExecutor(1) as executor:
            dispatcher = Dispatcher(database, clock, gateway, [lane], PACE, executor)
            sending = asyncio.create_task(dispatcher.run(stop))
            await until(lambda: len(attempts(database)) == 4)
            await asyncio.sleep(0.2)
            seen.append(states(database))
            stop.set()
            gateway.let.set()
            await sending
            seen.append(states(database))
        assert len(gateway.sms) == 4
        return seen

    before, after = asyncio.run(story())
    assert before == {"trying": 4, "leased": 2, "pending": 1}
    assert after == {"trying": 4, "pending": 3}
    assert {row.lease_by for row in deliveries(database) if row.state == "pending"} == {None}
    assert {attempt.state for attempt in attempts(database)} == {"submitted"}


def test_what_is_claimed_when_a_stop_comes_goes_back_at_once(database, clock, lane, gateway, queue):
    queue(3)

    async def story() -> None:
        stop = asyncio.Event()
        with Stopping(stop) as executor:
            await Dispatcher(database, clock, gateway, [lane], PACE, executor).run(stop)

    asyncio.run(story())
    assert states(database) == {"pending": 3}
    assert {(row.lease_by, row.lease_until) for row in deliveries(database)} == {(None, None)}
    assert attempts(database) == gateway.sms == []


def test_what_waits_for_no_pace_is_recorded_together_however_slow_the_pace(
    database, clock, lane, gateway, queue
):
    queue(7)
    urgent = frozenset({lane.name})

    async def story() -> list[object]:
        with Noting() as executor:
            sender = Dispatcher(database, clock, gateway, [lane], PACE, executor, urgent=urgent)
            await sender.drain()
            return executor.done

    assert asyncio.run(story()).count(submit) == 1
    assert len(gateway.sms) == 7
