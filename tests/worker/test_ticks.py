"""Chores that recur: one that takes long is no news."""

from __future__ import annotations

import asyncio
import logging

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
