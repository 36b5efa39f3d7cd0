"""Threads that do first what is urgent: a person's text never waits behind a broadcast's writes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import PriorityQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_URGENT, _ORDINARY, _END = range(3)


class UrgentFirst(Executor):
    """`threads` threads. What is given to `urgent` begins before all that waits here; neither
    interrupts what has begun."""

    def __init__(self, threads: int, name: str) -> None:
        self._jobs: PriorityQueue[tuple[int, int, Future[Any], Callable[[], Any] | None]] = (
            PriorityQueue()
        )
        self._order, self._ended = itertools.count(), False
        self.urgent: Executor = _Urgent(self)
        self._threads = [
            Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Does `fn` in its turn."""
        return self.put(_ORDINARY, partial(fn, *args, **kwargs))

    def put(self, rank: int, call: Callable[[], T]) -> Future[T]:
        """Does `call` before all that waits with a higher rank."""
        if self._ended:
            raise RuntimeError("no work is taken after the end")
        future: Future[T] = Future()
        self._jobs.put((rank, next(self._order), future, call))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work, and ends when what waits is done (or `cancel_futures`: canceled)."""
        self._ended = True
        if cancel_futures:
            for _, _, future, _ in list(self._jobs.queue):
                future.cancel()
        for _ in self._threads:
            self._jobs.put((_END, next(self._order), Future(), None))
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self) -> None:
        while True:
            _, _, future, call = self._jobs.get()
            if call is None:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:  # told to whoever waits, as every executor does
                future.set_exception(error)


class _Urgent(Executor):
    def __init__(self, all_work: UrgentFirst) -> None:
        self._all = all_work

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._all.put(_URGENT, partial(fn, *args, **kwargs))
