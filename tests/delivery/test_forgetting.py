"""The gateway's ids of messages are forgotten in time, and nothing else is (S20)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outreach.delivery import forgetting
from outreach.delivery.forgetting import forget_sids
from outreach.delivery.receipts import record
from outreach.gateways.ports import Report
from tests.delivery.rows import attempts

KEEP = timedelta(days=14)


def forget(database, clock, lane):
    after = ""
    while after is not None:
        after = forget_sids(database, clock, lane, KEEP, after)


def arrived(database, clock, lane, number=None):
    sent = attempts(database)[:number]
    record(database, clock, [lane], [Report(a.sid, a.public_id, "delivered") for a in sent])


@pytest.mark.parametrize("at_once", [1, 2, 2_000])
def test_s20_ids_of_what_ended_are_forgotten_after_their_time(
    database, clock, lane, dispatcher, queue, monkeypatch, at_once
):
    monkeypatch.setattr(forgetting, "_AT_ONCE", at_once)
    queue(5)
    asyncio.run(dispatcher.drain())
    arrived(database, clock, lane, 3)
    clock.advance(KEEP)
    forget(database, clock, lane)
    assert all(attempt.sid for attempt in attempts(database))  # fourteen days are not over
    clock.advance(timedelta(seconds=1))
    forget(database, clock, lane)
    found = attempts(database)
    assert [attempt.sid is None for attempt in found] == [True, True, True, False, False]
    assert [attempt.state for attempt in found[:3]] == ["delivered"] * 3


def test_s20_a_report_that_comes_even_later_still_counts(database, clock, lane, dispatcher, queue):
    queue()
    asyncio.run(dispatcher.drain())
    (sent,) = attempts(database)
    record(database, clock, [lane], [Report(sent.sid, sent.public_id, "failed", "30003")])
    clock.advance(KEEP + timedelta(seconds=1))
    forget(database, clock, lane)
    record(database, clock, [lane], [Report(sent.sid, sent.public_id, "delivered")])
    assert [attempt.state for attempt in attempts(database)] == ["delivered"]
