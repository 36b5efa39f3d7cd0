"""Messages live on the clock, and every step is reported, signed, and in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.simulator.conftest import ROOT, Rehearsal, number, only

Rehearse = Callable[..., Any]


def test_each_status_is_reported_signed_and_in_order(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        callback = f"{r.ours.base}/status?attempt=at_"
        sids = [
            (await r.send(number(i), StatusCallback=f"{callback}{i}"))[1]["sid"] for i in range(60)
        ]
        await r.rest()
        hooks = r.ours.to("/status")
        assert all(hook.signed for hook in hooks)
        for index, sid in enumerate(sids):
            mine = [hook for hook in hooks if hook.form["MessageSid"] == sid]
            assert {hook.query["attempt"] for hook in mine} == {f"at_{index}"}
            steps = [hook.form["MessageStatus"] for hook in mine]
            assert steps in (["sent", "delivered"], ["sent", "undelivered"], ["sent"], ["failed"])
            final = (await r.get(f"{ROOT}/Messages/{sid}.json"))[1]
            assert final["status"] == steps[-1]
            told = "ErrorCode" in mine[-1].form
            assert told == (final["error_code"] is not None)
            assert (final["price"] is not None) == (steps[-1] in ("delivered", "undelivered"))
        ends = Counter(hook.form["MessageStatus"] for hook in hooks)
        assert ends["delivered"] > 40

    rehearse(story)


def test_the_truth_agrees_with_what_is_reported_and_knows_more(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        for i in range(300):
            await r.send(number(i))
        await r.rest()
        truth = await r.truth()
        messages = [m for handset in truth["handsets"] for m in handset["messages"]]
        assert len(messages) == truth["totals"]["messages"] == 300
        got = Counter((m["status"], m["got"]) for m in messages)
        assert not got["delivered", False]
        assert not got["undelivered", True]
        assert not got["failed", True]
        assert got["sent", True]
        assert got["sent", False]
        assert truth["pending"] == 0
        assert {handset["operator"] for handset in truth["handsets"]} == {"Other"}

    rehearse(story)


def test_nothing_is_got_before_its_time(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        await r.send(number(1))
        await asyncio.sleep(0.05)
        message = (await r.truth())["handsets"][0]["messages"][0]
        assert (message["status"], message["got"]) == ("queued", False)

    rehearse(story)


def test_the_order_of_sending_changes_no_outcome(rehearse: Rehearse) -> None:
    async def outcomes(r: Rehearsal, order: list[int]) -> dict[str, list[tuple[str, bool]]]:
        for i in order:
            await r.send(number(i))
        await r.rest()
        return {
            h["number"]: [(m["status"], m["got"]) for m in h["messages"]]
            for h in (await r.truth())["handsets"]
        }

    order = [i % 40 for i in range(80)]
    one = rehearse(lambda r: outcomes(r, order), seed=4)
    assert rehearse(lambda r: outcomes(r, order[::-1]), seed=4) == one
    assert rehearse(lambda r: outcomes(r, order), seed=5) != one


def test_a_leap_of_hours_delivers_at_the_due_time(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        for i in range(20):
            await r.send(number(i))
        r.clock.advance(timedelta(hours=8))
        await r.rest()
        for handset in (await r.truth())["handsets"]:
            message = handset["messages"][0]
            assert message["got_at"] is None or message["got_at"] < "2026-03-02T02:01"

    rehearse(story)


def test_a_message_whose_validity_ends_is_not_got(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        await r.send(number(1), ValidityPeriod="1")
        await r.rest()
        message = (await r.truth())["handsets"][0]["messages"][0]
        assert (message["status"], message["error_code"]) == ("undelivered", 30036)
        assert not message["got"]

    rehearse(story)


def test_a_refused_callback_is_tried_once_more_then_dropped(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        r.ours.statuses = [500, 204, 500, 500]
        await r.send(_delivered(r), StatusCallback=f"{r.ours.base}/status")
        await r.rest()
        steps = [hook.form["MessageStatus"] for hook in r.ours.to("/status")]
        assert steps == ["sent", "sent", "delivered", "delivered"]
        truth = await r.truth()
        assert (truth["callbacks_done"], truth["callbacks_dropped"]) == (1, 1)

    rehearse(story)


def test_a_server_that_is_down_stops_nothing(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        to = _delivered(r)
        await r.send(to, StatusCallback="http://127.0.0.1:9/status")
        await r.rest()
        truth = await r.truth()
        assert truth["callbacks_dropped"] == 2
        assert only(truth["handsets"], to)["messages"][0]["got"]

    rehearse(story)


def test_a_server_that_comes_back_gets_the_report(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        port = int(r.ours.base.rpartition(":")[2])
        other = type(r.ours)()
        async with other.running():
            free = int(other.base.rpartition(":")[2])
        assert free != port
        await r.send(_delivered(r), StatusCallback=f"http://127.0.0.1:{free}/status")
        r.clock.advance(timedelta(minutes=5))
        await asyncio.sleep(0.05)
        async with other.running(free):
            await r.rest()
        assert "delivered" in {hook.form["MessageStatus"] for hook in other.to("/status")}
        assert r.network.caller.dropped == 0

    rehearse(story, retry_seconds=0.2)


def test_two_thousand_messages_take_seconds(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for i in range(2000):
            r.network.send(number(i), "+855380000001", "សួស្ដី", "", None)
        r.clock.advance(timedelta(minutes=2))
        r.network.schedule.run_due()
        assert r.network.pending == 0
        return loop.time() - begun

    assert rehearse(story) < 2.0


def _delivered(r: Rehearsal) -> str:
    """A number whose first SMS is delivered."""
    from outreach.simulator.chance import Chance
    from outreach.simulator.fate import sms_fate
    from outreach.simulator.operators import OTHER

    chance = Chance(r.network.config.seed)
    return next(
        n for n in map(number, range(99)) if sms_fate(chance, OTHER, n, 0).end == "delivered"
    )
