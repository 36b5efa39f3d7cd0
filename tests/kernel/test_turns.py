"""What is urgent goes first."""

from __future__ import annotations

import threading

import pytest

from outreach.kernel.turns import UrgentFirst


def test_urgent_work_begins_before_all_that_waits() -> None:
    executor, begun, go = UrgentFirst(1, "test"), threading.Event(), threading.Event()
    done: list[str] = []
    executor.submit(lambda: (begun.set(), go.wait()))
    begun.wait()
    waiting = [executor.submit(done.append, f"ordinary {n}") for n in range(3)]
    waiting.append(executor.urgent.submit(done.append, "urgent"))
    go.set()
    for future in waiting:
        future.result(5)
    assert done == ["urgent", "ordinary 0", "ordinary 1", "ordinary 2"]
    executor.shutdown()


def test_an_error_reaches_who_waits_and_the_thread_goes_on() -> None:
    executor = UrgentFirst(1, "test")
    with pytest.raises(ZeroDivisionError):
        executor.submit(lambda: 1 / 0).result(5)
    assert executor.submit(sum, [1, 2]).result(5) == 3
    executor.shutdown()


def test_the_end_waits_for_what_was_given_and_takes_no_more() -> None:
    executor, done = UrgentFirst(2, "test"), []
    for number in range(20):
        executor.submit(done.append, number)
    executor.shutdown()
    assert sorted(done) == list(range(20))
    with pytest.raises(RuntimeError):
        executor.submit(print)
