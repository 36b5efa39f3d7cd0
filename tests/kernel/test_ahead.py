"""Items that a second process makes ahead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from outreach.kernel.ahead import ahead
from outreach.kernel.errors import BadInput, Unavailable

# Says who reads ahead, then never asks for what is next.
_WAITING = """
import os, signal, sys, time
from outreach.kernel.ahead import ahead
# Whoever is started in the background of a shell without job control ignores Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
def items():
    yield os.getpid()
    while True:
        yield b"x" * 100_000
with ahead(items()) as found:
    print(next(found), flush=True)
    time.sleep(60)
"""


def test_items_come_in_order_from_another_process() -> None:
    with ahead((n, os.getpid()) for n in range(50)) as found:
        numbers, processes = zip(*found, strict=True)
    assert numbers == tuple(range(50))
    assert os.getpid() not in processes


def test_an_error_is_raised_here_as_it_was_after_what_came_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise BadInput("No list.", where="a.csv, line 3", remedy="Mend it.")

    with ahead(items()) as found:
        assert next(found) == 1
        with pytest.raises(BadInput, match=r"^a.csv, line 3: No list. Mend it.$"):
            next(found)


def test_a_reader_that_is_killed_is_an_error_and_not_an_end() -> None:
    def items() -> Iterator[int]:
        yield os.getpid()
        time.sleep(60)

    with ahead(items()) as found:
        os.kill(next(found), signal.SIGKILL)
        with pytest.raises(Unavailable):
            next(found)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_when_ours_is_killed_or_stopped(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WAITING],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        if how is signal.SIGINT:
            os.killpg(process.pid, how)  # as a terminal does
        else:
            process.send_signal(how)
        process.wait(timeout=20)
    patience = time.monotonic() + 20
    while _runs(child) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
