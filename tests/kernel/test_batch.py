"""Whoever waits in a batch is served in turns: no sender keeps another one waiting."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from outreach.kernel.batch import Batcher


def batches(items: Sequence[str], limit: int) -> list[list[str]]:
    """The batches in which `items`, all there at once, are written; the letter is the sender."""
    written: list[list[str]] = []

    def write(batch: Sequence[str]) -> Sequence[str]:
        written.append(list(batch))
        return [item.upper() for item in batch]

    async def put_all() -> None:
        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(write, executor, limit=limit, of=lambda item: item[0])
            answers = await asyncio.gather(*(batcher.put(item) for item in items))
            assert answers == [item.upper() for item in items]

    asyncio.run(put_all())
    return written


def test_a_new_sender_is_in_the_next_batch_however_many_wait() -> None:
    flood = [f"a{n}" for n in range(50)] + [f"b{n}" for n in range(50)]
    assert "c0" in batches([*flood, "c0"], limit=4)[0]


def test_the_ones_of_a_sender_keep_their_order() -> None:
    items = [f"{sender}{n}" for n in range(9) for sender in "ab"] + ["c0"]
    written = [item for batch in batches(items, limit=3) for item in batch]
    assert sorted(written) == sorted(items)
    for sender in "ab":
        assert [item for item in written if item[0] == sender] == [f"{sender}{n}" for n in range(9)]


def test_few_are_written_together_as_they_came() -> None:
    assert batches(["a0", "a1", "b0"], limit=3) == [["a0", "a1", "b0"]]


def test_who_settles_does_not_wait_for_more_to_gather() -> None:
    async def story() -> list[list[str]]:
        written: list[list[str]] = []

        def write(batch: Sequence[str]) -> Sequence[None]:
            written.append(list(batch))
            return [None] * len(batch)

        with ThreadPoolExecutor(1) as executor:
            batcher = Batcher(write, executor, gap=60)
            await batcher.put("first")
            batcher.add("second")
            await asyncio.sleep(0)  # it waits for its gap already
            async with asyncio.timeout(5):
                await batcher.settle()
        return written

    assert asyncio.run(story()) == [["first"], ["second"]]


def test_two_batches_are_written_at_once_and_no_more() -> None:
    begun, go, meeting = list[str](), threading.Event(), threading.Barrier(2)

    def write(batch: Sequence[str]) -> Sequence[str]:
        go.wait(timeout=20)
        meeting.wait(timeout=20)  # breaks where nobody else comes
        return batch

    class Noting(ThreadPoolExecutor):
        def submit(self, work, /, *args, **named):
            begun.append(args[0][0])
            return super().submit(work, *args, **named)

    async def put_all() -> None:
        with Noting(6) as executor:
            batcher = Batcher(write, executor, limit=1, of=lambda item: item, at_once=2)
            putting = [asyncio.create_task(batcher.put(item)) for item in "abcdef"]
            for _ in range(10):  # whatever may begin has begun
                await asyncio.sleep(0)
            assert begun == ["a", "b"]
            go.set()
            await asyncio.gather(*putting)

    asyncio.run(put_all())
    assert sorted(begun) == [*"abcdef"]


def test_nobody_is_in_two_batches_at_once_and_each_ones_are_in_order() -> None:
    written: dict[str, list[int]] = defaultdict(list)
    under_way: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def write(batch: Sequence[tuple[str, int]]) -> Sequence[None]:
        senders = {sender for sender, _ in batch}
        for sender in senders:
            assert under_way[sender].acquire(blocking=False), sender
        for sender, number in batch:
            written[sender].append(number)
        threading.Event().wait(0.001)
        for sender in senders:
            under_way[sender].release()
        return [None] * len(batch)

    async def put_all() -> None:
        with ThreadPoolExecutor(4) as executor:
            batcher = Batcher(write, executor, limit=3, of=lambda item: item[0], at_once=3)
            putting = []
            for number in range(40):
                for sender in "aabcde"[number % 2 :]:
                    putting.append(asyncio.create_task(batcher.put((sender, number))))
                await asyncio.sleep(0)
            await asyncio.gather(*putting)

    asyncio.run(put_all())
    assert set(written) == set("abcde")
    assert all(numbers == sorted(numbers) for numbers in written.values())
    assert sum(map(len, written.values())) == 20 * 6 + 20 * 5


def test_what_is_added_while_its_senders_are_written_follows_by_itself() -> None:
    writing, go, batches = threading.Event(), threading.Event(), list[list[str]]()

    def write(batch: Sequence[str]) -> Sequence[str]:
        batches.append(list(batch))
        writing.set()
        go.wait(timeout=20)
        return batch

    async def put_both() -> None:
        with ThreadPoolExecutor(2) as executor:
            batcher = Batcher(write, executor, of=lambda item: item[0], at_once=2)
            first = asyncio.create_task(batcher.put("a0"))
            await asyncio.to_thread(writing.wait, 20)
            second = asyncio.create_task(batcher.put("a1"))
            await asyncio.sleep(0)
            go.set()
            await asyncio.wait_for(asyncio.gather(first, second), 20)
            await batcher.settle()

    asyncio.run(put_both())
    assert batches == [["a0"], ["a1"]]
