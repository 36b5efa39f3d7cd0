"""Works out the next items in a second process while this one is busy with the last."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from outreach.kernel.errors import Unavailable

T = TypeVar("T")


@contextmanager
def ahead(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """`items` in their order, each made in a forked process while the one before is in use.

    The process begins at once and is at most one item ahead: a pipe holds no more. What `items`
    raises is raised here. The process ends with this one, even when that is killed, because nobody
    reads the pipe then. `items` must not use the database: the process has copies of our
    connections.
    """
    fork = get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=_make, args=(items, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _received(ours)
    finally:
        ours.close()
        process.kill()
        process.join()


def _received(ours: Connection) -> Iterator[Any]:
    while True:
        try:
            item, error = ours.recv()
        except EOFError as gone:
            raise Unavailable(
                "The process that reads ahead was killed.", remedy="Is memory short? Try again."
            ) from gone
        if error is not None:
            raise error
        if item is None:
            return
        yield item[0]


def _make(items: Iterator[Any], ours: Connection, theirs: Connection) -> None:
    # Ctrl-C goes to both; the other process ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours.close()
    with suppress(BrokenPipeError):  # the other process is gone, or wants no more
        for outcome in _outcomes(items):
            theirs.send(outcome)


def _outcomes(items: Iterator[Any]) -> Iterator[tuple[tuple[Any] | None, Exception | None]]:
    try:
        for item in items:
            yield (item,), None
    except Exception as error:  # whatever it is: the other process raises it
        yield None, error
    else:
        yield None, None
