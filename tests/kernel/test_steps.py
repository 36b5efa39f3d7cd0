"""Steps are taken ahead of whoever asks, one at a time, and end with the first None or error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock

import pytest

from outreach.kernel.steps import Steps


@contextmanager
def threads(count: int = 3) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(count) as executor:
        yield executor


class Counting:
    """Gives 1, 2 … `last`, then None; notes how many were taken at once."""

    def __init__(self, last: int, then: Callable[[], None] = lambda: None) -> None:
        self.last, self.then, self.taken, self.most = last, then, 0, 0
        self._now, self._lock = 0, Lock()

    def step(self) -> int | None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.002)
        with self._lock:
            self._now -= 1
        if self.taken == self.last:
            self.then()
            return None
        self.taken += 1
        return self.taken


async def settled(steps: Counting) -> int:
    """How many were taken, when no more are for a while."""
    before = -1
    while before != steps.taken:
        before = steps.taken
        await asyncio.sleep(0.1)
    return before


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_all_is_given_in_order_and_no_two_steps_are_taken_at_once(ahead: int) -> None:
    counting = Counting(20)

    async def story() -> list[int]:
        with threads() as executor:
            async with Steps(counting.step, executor, ahead) as steps:
                return [given async for given in steps]

    assert asyncio.run(story()) == [*range(1, 21)]
    assert counting.most == 1


@pytest.mark.parametrize("ahead", [1, 2])
def test_so_many_are_taken_before_they_are_asked_for(ahead: int) -> None:
    counting = Counting(20)

    async def story() -> list[int]:
        with threads() as executor:
            async with Steps(counting.step, executor, ahead) as steps:
                seen = [await settled(counting)]
                await anext(steps)
                return [*seen, await settled(counting)]

    assert asyncio.run(story()) == [ahead, ahead + 1]


def test_the_next_begins_though_the_loop_is_busy() -> None:
    counting = Counting(20)

    async def story() -> int:
        with threads() as executor:
            async with Steps(counting.step, executor, 3):
                until = time.monotonic() + 5
                while counting.taken < 3 and time.monotonic() < until:
                    time.sleep(0.01)  # noqa: ASYNC251 - the loop is busy
                return counting.taken

    assert asyncio.run(story()) == 3


def test_what_a_step_raises_is_raised_after_what_came_before_and_no_other_begins() -> None:
    def fail() -> None:
        raise ValueError("no more")

    counting, seen = Counting(3, fail), list[int]()

    async def story() -> None:
        with threads() as executor:
            async with Steps(counting.step, executor, 2) as steps:
                async for given in steps:
                    seen.append(given)

    with pytest.raises(ValueError, match="no more"):
        asyncio.run(story())
    assert seen == [1, 2, 3]


def test_at_the_end_of_the_block_none_is_under_way_and_no_further_one_begins() -> None:
    let, begun, done = Event(), [], []

    def step() -> int:
        begun.append(1)
        let.wait(5)
        done.append(1)
        return 1

    async def story() -> None:
        with threads() as executor:
            async with Steps(step, executor, 5):
                await asyncio.sleep(0.05)
                asyncio.get_running_loop().call_later(0.05, let.set)
            assert len(done) == len(begun) == 1
            await asyncio.sleep(0.1)

    asyncio.run(story())
    assert len(begun) == 1
