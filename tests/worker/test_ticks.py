"""Chores that recur: one that takes long is no news, and they do not all begin together."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from outreach.worker import ticks
from outreach.worker.chores import Chore
from outreach.worker.ticks import Ticks


def test_turns_that_are_skipped_because_one_takes_long_are_not_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    turns = []

    async def take_long(_chore: Chore) -> None:
        turns.append(1)
        await asyncio.sleep(0.5)

    async def story() -> None:
        ticking = Ticks(take_long)
        ticking.start()
        await asyncio.sleep(0.4)
        ticking.stop()

    monkeypatch.setattr(ticks, "CHORES", (Chore("long", 0.05, take_long),))  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        asyncio.run(story())
    assert turns
    assert caplog.records == []


def test_chores_of_one_interval_begin_apart_and_within_the_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nothing(_chore: Chore) -> None:
        return None

    async def story() -> list[float]:
        ticking = Ticks(nothing)
        now = datetime.now(UTC)
        ticking.start()
        jobs = ticking._scheduler.get_jobs()
        ticking.stop()
        return sorted((job.next_run_time - now).total_seconds() for job in jobs)

    chores = tuple(Chore(str(number), 100.0, nothing) for number in range(8))  # type: ignore[arg-type]
    monkeypatch.setattr(ticks, "CHORES", chores)
    begin = asyncio.run(story())
    assert len(begin) == len(chores)
    assert begin[0] > 0
    assert begin[-1] <= 101
    assert all(later - earlier > 5 for earlier, later in pairwise(begin))
