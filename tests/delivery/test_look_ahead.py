"""The next two chunks are recorded while one leaves, and the one after them is leased; at a stop
what is recorded leaves, and what is only leased goes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from outreach.delivery import chunks
from outreach.delivery.claiming import claim, submit
from outreach.delivery.dispatch import Dispatcher, SenderPace
from outreach.gateways.memory import MemoryGateway
from tests.delivery.rows import SENDER, attempts, deliveries

# Two messages are a quarter of a second of it: a chunk.
PACE = SenderPace(SENDER, parts_per_second=24, in_flight=1)


@dataclass
class Holding(MemoryGateway):
    """Answers nothing before it is let."""

    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_sms(self, sms):
        await self.let.wait()
        return await super().send_sms(sms)


def states(database) -> dict[str, int]:
    return dict(Counter(row.state for row in deliveries(database)))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  (it is about the database)
            await asyncio.sleep(0.01)


def test_two_chunks_are_recorded_and_one_leased_ahead_and_at_a_stop_only_what_is_recorded_leaves(
    database, clock, lane, queue
):
    queue(9)

    async def story() -> list[dict[str, int]]:
        seen, stop, gateway = [], asyncio.Event(), Holding(now=clock.now)
        with ThreadPoolExecutor(1) as executor:
            dispatcher = Dispatcher(database, clock, gateway, [lane], PACE, executor)
            sending = asyncio.create_task(dispatcher.run(stop))
            await until(lambda: len(attempts(database)) == 6)
            await asyncio.sleep(0.2)
            seen.append(states(database))
            stop.set()
            gateway.let.set()
            await sending
            seen.append(states(database))
        assert len(gateway.sms) == 6
        return seen

    before, after = asyncio.run(story())
    assert before == {"trying": 6, "leased": 2, "pending": 1}
    assert after == {"trying": 6, "pending": 3}
    assert {row.lease_by for row in deliveries(database) if row.state == "pending"} == {None}
    assert {attempt.state for attempt in attempts(database)} == {"submitted"}


def test_what_is_claimed_when_a_stop_comes_goes_back_at_once(
    database, clock, lane, gateway, queue, monkeypatch
):
    queue(3)
    stop, claimed = asyncio.Event(), []

    def claiming(*args):
        claimed.extend(claim(*args))
        stop.set()
        return claimed

    monkeypatch.setattr(chunks, "claim", claiming)

    async def story() -> None:
        with ThreadPoolExecutor(1) as executor:
            await Dispatcher(database, clock, gateway, [lane], PACE, executor).run(stop)

    asyncio.run(story())
    assert len(claimed) == 2
    assert states(database) == {"pending": 3}
    assert {(row.lease_by, row.lease_until) for row in deliveries(database)} == {(None, None)}
    assert attempts(database) == gateway.sms == []


def test_what_waits_for_no_pace_is_recorded_together_however_slow_the_pace(
    database, clock, lane, gateway, queue, monkeypatch
):
    queue(7)
    urgent, recorded = frozenset({lane.name}), []

    def submitting(*args):
        outgoing = submit(*args)
        recorded.append(len(outgoing))
        return outgoing

    monkeypatch.setattr(chunks, "submit", submitting)

    async def story() -> None:
        with ThreadPoolExecutor(1) as executor:
            sender = Dispatcher(database, clock, gateway, [lane], PACE, executor, urgent=urgent)
            await sender.drain()

    asyncio.run(story())
    assert recorded == [7]
    assert len(gateway.sms) == 7


def test_a_chunk_that_breaks_waits_out_its_lease_and_the_others_leave(
    database, clock, lane, gateway, queue
):
    bad = queue(5)[0]

    def check(connection, rows, now):
        if any(row.id == bad for row in rows):
            raise ValueError("broken")
        return lane.check(connection, rows, now)

    async def story() -> None:
        with ThreadPoolExecutor(1) as executor:
            broken = replace(lane, check=check)
            dispatcher = Dispatcher(database, clock, gateway, [broken], PACE, executor)
            with pytest.raises(ValueError, match="broken"):
                await dispatcher.drain()
            await dispatcher.drain()

    asyncio.run(story())
    assert states(database) == {"leased": 2, "trying": 3}
    assert len(gateway.sms) == 3


def of_size(database, clock, lane, size: int) -> chunks.Chunks:
    return chunks.Chunks(database, clock, lane, "sms", SENDER, "me", size=lambda: size)


def test_a_turn_begins_with_a_small_chunk_and_the_next_are_twice_the_last(
    database, clock, lane, queue, monkeypatch
):
    monkeypatch.setattr(chunks, "_FIRST", 2)
    queue(20)
    mine = of_size(database, clock, lane, 6)
    assert [len(chunk) for chunk in mine.recorded(lambda: False)] == [2, 4, 6, 6, 2]
    queue(3)
    assert [len(chunk) for chunk in mine.recorded(lambda: False)] == [2, 1]


def test_no_more_is_taken_at_once_than_can_leave_in_a_second(database, clock, lane, queue):
    queue(20)

    async def story() -> list[int]:
        gateway, stop = Holding(now=clock.now), asyncio.Event()
        pace = SenderPace(SENDER, parts_per_second=1e9, in_flight=1)
        with ThreadPoolExecutor(1) as executor:
            dispatcher = Dispatcher(database, clock, gateway, [lane], pace, executor)
            sending = asyncio.create_task(dispatcher.run(stop))
            # Of one at a time four leave in a second: one chunk leaves, two wait, one is leased.
            await until(lambda: states(database).get("leased") == 4)
            await asyncio.sleep(0.2)
            seen = states(database)
            stop.set()
            gateway.let.set()
            await sending
        return [seen["trying"], seen["leased"], seen["pending"]]

    assert asyncio.run(story()) == [12, 4, 4]
