"""A trap kills the process at its point, wherever the function is called from, and nowhere else."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from scripts.crashes.points import Point
from scripts.crashes.trap import Trap

_SURVIVED = 7


def add(first: int, second: int = 1, *, times: int = 1) -> int:
    total = 0
    for _ in range(times):
        total += first + second
    return total


def count() -> Iterator[int]:
    yield from range(3)


async def wait() -> str:
    await asyncio.sleep(0)
    return "waited"


async def tell() -> AsyncIterator[int]:
    for number in range(3):
        await asyncio.sleep(0)
        yield number


def caller() -> int:
    return add(1)


async def collect() -> list[object]:
    told = [number async for number in tell()]
    return [*told, await asyncio.create_task(wait())]


def all_of_it() -> object:
    added = add(1, times=2), add(2, 3), caller()
    return added, list(count()), asyncio.run(collect())


def dies(point: Point, folder: Path, work: Callable[[], object]) -> bool:
    """Whether a process with a trap there dies of `work`; it says that it was there if so."""
    hit = os.open(folder / "hit", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    child = os.fork()
    if child == 0:
        Trap(point, hit).set()
        work()
        os._exit(_SURVIVED)
    _, status = os.waitpid(child, 0)
    dead = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert dead or os.WEXITSTATUS(status) == _SURVIVED
    assert bool(os.pread(hit, 1, 0)) is dead
    return dead


def at(function: str, when: str = "return", **more: object) -> Point:
    return Point("here", __name__, function, when, **more)  # type: ignore[arg-type]


def line_of(function: Callable[..., object], text: str) -> int:
    code = function.__code__
    lines = Path(code.co_filename).read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if n > code.co_firstlineno and text in line)


@pytest.mark.parametrize("function", ["add", "count", "wait", "tell"])
def test_it_dies_at_the_end_of_every_kind_of_function(function: str, tmp_path: Path) -> None:
    assert dies(at(function, "end"), tmp_path, all_of_it)


@pytest.mark.parametrize(
    ("function", "text"),
    [(add, "total +="), (count, "yield from"), (wait, "return"), (tell, "yield number")],
)
def test_it_dies_in_a_line_of_every_kind_of_function(
    function: Callable[..., object], text: str, tmp_path: Path
) -> None:
    point = at(function.__name__, "line", line=line_of(function, text))
    assert dies(point, tmp_path, all_of_it)


def test_it_lives_on_where_the_point_is_not_passed_often_enough(tmp_path: Path) -> None:
    assert dies(at("add", nth=3), tmp_path, all_of_it)
    assert not dies(at("add", nth=4), tmp_path, all_of_it)


def test_only_the_named_caller_counts(tmp_path: Path) -> None:
    assert dies(at("add", under="caller"), tmp_path, all_of_it)
    assert not dies(at("add", under="caller", nth=2), tmp_path, all_of_it)


def test_who_comes_back_with_nothing_has_done_nothing(tmp_path: Path) -> None:
    assert not dies(at("add"), tmp_path, lambda: add(-1))
    assert dies(at("add", "end"), tmp_path, lambda: add(-1))


def test_what_a_trapped_function_does_is_the_same(tmp_path: Path) -> None:
    expected = all_of_it()

    def same() -> None:
        assert all_of_it() == expected

    for function in ("add", "count", "wait", "tell"):
        assert not dies(at(function, nth=1_000), tmp_path, same)
