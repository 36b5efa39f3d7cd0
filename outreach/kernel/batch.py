"""Groups what many coroutines want written into one transaction each (a group commit).

One commit to disk costs the same for one row as for a hundred; who waits learns only after its own
row is durable.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")


class _Waiting(NamedTuple, Generic[T, R]):
    """An item, who sent it, and where its result is to go, if anybody waits for it."""

    item: T
    sender: Hashable
    result: asyncio.Future[R] | None


class Batcher(Generic[T, R]):
    """Hands items, many at a time, to `write` (run in `executor`), and each caller its result.

    `write` gets at most `limit` items and returns one result per item, in order; its exception
    reaches every caller of that batch. While batches are written (`at_once` of them at most) the
    next one gathers, and at least until `gap` seconds after the last one began. Where more wait
    than go into a batch, they go in turns by who sent them (`of`): whoever sends thousands keeps
    nobody else waiting. No sender is in two batches at once: each one's go in order.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Sequence[R]],
        executor: Executor,
        limit: int = 500,
        gap: float = 0.0,
        of: Callable[[T], Hashable] = lambda _item: None,
        at_once: int = 1,
    ) -> None:
        self._write, self._executor, self._limit, self._gap = write, executor, limit, gap
        self._of, self._at_once = of, at_once
        self._next = 0.0
        self._waiting: list[_Waiting[T, R]] = []
        self._written: set[Hashable] = set()  # whose items are being written
        self._drains: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()

    async def put(self, item: T) -> R:
        """Waits until `item` is written; returns its result."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._add(item, result)
        return await result

    def add(self, item: T) -> None:
        """Has `item` written; nobody waits for it, so `write` must tell of its own errors."""
        self._add(item, None)

    def _add(self, item: T, result: asyncio.Future[R] | None) -> None:
        sender = self._of(item)
        self._waiting.append(_Waiting(item, sender, result))
        # What is written of its sender's is followed by this one.
        if len(self._drains) < self._at_once and sender not in self._written:
            self._drains.add(asyncio.create_task(self._drain()))

    async def settle(self) -> None:
        """Waits until all is written that was added so far; nothing more is gathered meanwhile."""
        self._hurry.set()
        while self._drains:
            await asyncio.wait(self._drains)
        self._hurry.clear()

    async def _drain(self) -> None:
        """Writes one batch after another, as long as anything waits that may be written."""
        loop = asyncio.get_running_loop()
        try:
            while any(each.sender not in self._written for each in self._waiting):
                if loop.time() < self._next and not self._hurry.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._hurry.wait(), self._next - loop.time())
                    continue  # another batch may have begun meanwhile
                self._next = loop.time() + self._gap
                batch = self._next_batch()
                senders = {each.sender for each in batch}
                self._written |= senders
                await self._write_batch(batch)
                self._written -= senders
        finally:
            self._drains.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _write_batch(self, batch: Sequence[_Waiting[T, R]]) -> None:
        loop, items = asyncio.get_running_loop(), [each.item for each in batch]
        try:
            results = await loop.run_in_executor(self._executor, self._write, items)
        except Exception as error:  # handed to every caller that waits for this batch
            for each in batch:
                if each.result is not None and not each.result.done():
                    each.result.set_exception(error)
            return
        for each, result in zip(batch, results, strict=True):
            if each.result is not None and not each.result.done():
                each.result.set_result(result)

    def _next_batch(self) -> list[_Waiting[T, R]]:
        """Takes out what is written next: everybody's first one, then everybody's second …, the
        ones of each in the order in which they came."""
        if len(self._waiting) <= self._limit and not self._written:
            batch, self._waiting = self._waiting, []
            return batch
        turns: Counter[Hashable] = Counter()
        order = []
        for position, each in enumerate(self._waiting):
            if each.sender not in self._written:
                order.append((turns[each.sender], position))
                turns[each.sender] += 1
        chosen = {position for _, position in heapq.nsmallest(self._limit, order)}
        batch = [self._waiting[position] for position in sorted(chosen)]
        self._waiting = [
            each for position, each in enumerate(self._waiting) if position not in chosen
        ]
        return batch
