"""Takes one step after another in an executor, some of them before they are asked for.

The next step begins when the one before it is done, not when the loop, which may be busy with a
thousand requests, gets to hear of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from threading import Lock
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Steps(Generic[T]):
    """What `step` gives, until it gives None or raises, which is raised here; `ahead` steps at most
    are under way or not asked for yet, and never two under way. At the end of the block none is,
    and no further one begins."""

    def __init__(self, step: Callable[[], T | None], executor: Executor, ahead: int = 1) -> None:
        self._step, self._executor, self._places = step, executor, ahead
        self._loop = asyncio.get_running_loop()
        self._given: asyncio.Queue[T | Exception | None] = asyncio.Queue()
        self._lock, self._under_way, self._ended = Lock(), False, False

    async def __aenter__(self) -> Steps[T]:
        self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        while self._under_way:  # it gives something when it is done
            await self._given.get()

    def __aiter__(self) -> Steps[T]:
        return self

    async def __anext__(self) -> T:
        given = await self._given.get()
        with self._lock:
            self._places += 1
        self._begin()
        if given is None:
            raise StopAsyncIteration
        if isinstance(given, Exception):
            raise given
        return given

    def _begin(self) -> None:
        """The next step, where there is a place for what it gives and none is under way."""
        with self._lock:
            if self._under_way or self._ended or not self._places:
                return
            self._under_way = True
            self._places -= 1
        self._executor.submit(self._take)

    def _take(self) -> None:
        try:
            given: T | Exception | None = self._step()
        except Exception as error:  # raised where it is asked for
            given = error
        with self._lock:
            self._under_way = False
            self._ended = self._ended or given is None or isinstance(given, Exception)
        try:
            self._loop.call_soon_threadsafe(self._given.put_nowait, given)
        except RuntimeError:  # the loop is closed: nobody asks any more
            return
        self._begin()
