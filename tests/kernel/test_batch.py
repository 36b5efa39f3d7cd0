"""Whoever waits in a batch is served in turns: no sender keeps another one waiting."""

from __future__ import annotations

import asyncio
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
