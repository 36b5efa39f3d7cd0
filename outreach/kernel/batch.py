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
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Hands items, many at a time, to `write` (run in `executor`), and each caller its result.

    `write` gets at most `limit` items and returns one result per item, in order; its exception
    reaches every caller of that batch. While one batch is written the next one gathers, and at
    least until `gap` seconds after the last one began. Where more wait than go into a batch, they
    go in turns by who sent them (`of`): whoever sends thousands keeps nobody else waiting.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Sequence[R]],
        executor: Executor,
        limit: int = 500,
        gap: float = 0.0,
        of: Callable[[T], Hashable] = lambda _item: None,
    ) -> None:
        self._write, self._executor, self._limit, self._gap = write, executor, limit, gap
        self._of = of
        self._next = 0.0
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def put(self, item: T) -> R:
        """Waits until `item` is written; returns its result."""
        return await self.add(item)

    def add(self, item: T) -> asyncio.Future[R]:
        """The result to come of `item`, which is written whether anybody waits for it or not."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        return future

    async def settle(self) -> None:
        """Waits until all is written that was added so far; nothing more is gathered meanwhile."""
        self._hurry.set()
        while self._running is not None:
            await asyncio.wait([self._running])
        self._hurry.clear()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if loop.time() < self._next:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._hurry.wait(), self._next - loop.time())
                self._next = loop.time() + self._gap
                batch = self._next_batch()
                items = [item for item, _ in batch]
                try:
                    results = await loop.run_in_executor(self._executor, self._write, items)
                except Exception as error:  # handed to every caller that waits for this batch
                    for _, future in batch:
                        if not future.done():
                            future.set_exception(error)
                    continue
                for (_, future), result in zip(batch, results, strict=True):
                    if not future.done():
                        future.set_result(result)
        finally:
            self._running = None

    def _next_batch(self) -> list[tuple[T, asyncio.Future[R]]]:
        """Takes out what is written next: everybody's first one, then everybody's second …, the
        ones of each in the order in which they came."""
        if len(self._waiting) <= self._limit:
            batch, self._waiting = self._waiting, []
            return batch
        turns: Counter[Hashable] = Counter()
        order = []
        for position, (item, _) in enumerate(self._waiting):
            sender = self._of(item)
            order.append((turns[sender], position))
            turns[sender] += 1
        chosen = {position for _, position in heapq.nsmallest(self._limit, order)}
        batch = [self._waiting[position] for position in sorted(chosen)]
        self._waiting = [
            waiting for position, waiting in enumerate(self._waiting) if position not in chosen
        ]
        return batch
