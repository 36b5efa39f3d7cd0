"""What goes wrong in the network goes wrong on the wire, as its data say, and can be changed."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from outreach.gateways.ports import (
    Accepted,
    Gateway,
    Outcome,
    Rejected,
    SmsOut,
    Throttled,
    Uncertain,
)
from outreach.gateways.registry import gateway_from
from outreach.kernel.errors import BadInput
from outreach.simulator.trouble import (
    KINDS,
    Ending,
    Fault,
    Reports,
    Trouble,
    as_json,
    read_trouble,
)
from tests.simulator.conftest import SENDER, SID, TOKEN, Rehearsal, number

Rehearse = Callable[..., Any]
STATUS = "/status?attempt=at_1"


@asynccontextmanager
async def impatient(r: Rehearsal) -> AsyncIterator[Gateway]:
    """The real client, which waits for half a second."""
    gateway = gateway_from(
        base_url=r.url, account_sid=SID, auth_token=TOKEN, public_url=r.ours.base, timeout=0.5
    )
    try:
        yield gateway
    finally:
        await gateway.close()


def _sms(index: int = 1) -> SmsOut:
    return SmsOut(number(index), SENDER, "សួស្ដី", f"at_{index}", 3600)


EXPECTED: dict[str, type[Outcome]] = {
    "5xx_before": Uncertain,
    "5xx_after": Uncertain,
    "timeout_before": Uncertain,
    "timeout_after": Uncertain,
    "reset_before": Uncertain,
    "reset_after": Uncertain,
    "slow_headers": Accepted,
    "malformed": Uncertain,
    "20429": Throttled,
    "20003": Rejected,
    "20005": Rejected,
    "21606": Rejected,
    "21610": Rejected,
    "21611": Rejected,
}


def test_every_kind_of_fault_is_tried_below() -> None:
    assert set(KINDS) < set(EXPECTED)


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_fault_is_what_the_client_makes_of_it_and_takes_the_message_or_not(
    rehearse: Rehearse, kind: str
) -> None:
    async def story(r: Rehearsal) -> None:
        async with impatient(r) as gateway:
            outcome = await gateway.send_sms(_sms())
            assert isinstance(outcome, EXPECTED[kind])
            taken = kind in KINDS and KINDS[kind].taken
            assert len(r.network.book.messages) == taken
            assert len(await gateway.find(number(1), r.clock.now())) == taken
            assert isinstance(await gateway.send_sms(_sms(2)), Accepted)

    rehearse(story, trouble=Trouble(faults=(Fault(kind, times=1, seconds=0.1),)))


def test_slow_headers_that_outlast_our_patience_are_uncertain_and_taken(
    rehearse: Rehearse,
) -> None:
    async def story(r: Rehearsal) -> None:
        async with impatient(r) as gateway:
            assert isinstance(await gateway.send_sms(_sms()), Uncertain)
            assert len(r.network.book.messages) == 1

    rehearse(story, trouble=Trouble(faults=(Fault("slow_headers", seconds=5),)))


def test_faults_befall_their_share_and_the_same_ones_again(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> Counter[str]:
        for index in range(200):
            await r.send(number(index))
        return Counter(r.network.troubles.struck)

    trouble = Trouble(faults=(Fault("20429", 0.2), Fault("21611", 0.1)))
    first, second = (rehearse(story, seed=5, trouble=trouble) for _ in range(2))
    assert first == second
    assert 25 < first["20429"] < 55
    assert 8 < first["21611"] < 35


def test_the_owner_switches_trouble_on_and_off_while_it_runs(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        url = f"{r.url}/simulator/trouble"
        on = {"faults": [{"kind": "20503", "on": "any"}]}
        async with r.session.put(url, data=json.dumps(on)) as answer:
            assert answer.status == 200
        assert (await r.send(number(1)))[0] == 503
        async with r.session.put(url, data="{}") as answer:
            assert (await answer.json())["struck"] == {"20503": 1}
        assert (await r.send(number(1)))[0] == 201
        async with r.session.put(url, data='{"faults": [{"kind": "gremlins"}]}') as answer:
            assert answer.status == 422
            assert "gremlins" in (await answer.json())["message"]

    rehearse(story)


def test_trouble_is_written_as_it_is_read() -> None:
    trouble = Trouble(
        latency=0.15,
        faults=(Fault("timeout_after", 0.05),),
        endings=(Ending("failed", 21610, 0.1),),
        reports=Reports(lost=0.1),
    )
    assert read_trouble(json.dumps(as_json(trouble)).encode()) == trouble
    with pytest.raises(BadInput, match="latensy"):
        read_trouble(b'{"latensy": 1}')


def test_answers_take_the_latency(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> float:
        began = time.monotonic()
        await r.send(number(1))
        return time.monotonic() - began

    assert rehearse(story, trouble=Trouble(latency=0.1)) >= 0.1


@pytest.mark.parametrize(
    ("reports", "count"),
    [(Reports(lost=1.0), 0), (Reports(twice=1.0), 4), (Reports(strange=1.0), 4), (Reports(), 2)],
)
def test_reports_are_lost_doubled_or_strange(
    rehearse: Rehearse, reports: Reports, count: int
) -> None:
    async def story(r: Rehearsal) -> None:
        await r.send(number(1), StatusCallback=f"{r.ours.base}{STATUS}")
        await r.rest()
        assert len(r.ours.to("/status")) == count
        assert all(hook.signed for hook in r.ours.hooks)
        assert (await r.truth())["totals"]["got"] == 1

    rehearse(story, trouble=Trouble(reports=reports, silent=0.0))


def test_reports_overtake_each_other_and_come_hours_late(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        for index in range(20):
            address = f"{r.ours.base}/status?attempt=at_{index}"
            await r.send(number(index), StatusCallback=address)
        await r.rest(step=60)
        orders: dict[str, list[str]] = {}
        for hook in r.ours.to("/status"):
            orders.setdefault(hook.query["attempt"], []).append(hook.form["MessageStatus"])
        assert ["delivered", "sent"] in orders.values()
        assert ["sent", "delivered"] in orders.values()

    rehearse(story, trouble=Trouble(reports=Reports(shuffled=1.0, late=7200)))


def test_an_ending_replaces_what_the_operator_would_do(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        await r.send(number(1), StatusCallback=f"{r.ours.base}{STATUS}")
        await r.rest()
        last = r.ours.to("/status")[-1].form
        assert (last["MessageStatus"], last["ErrorCode"]) == ("failed", "21610")
        assert (await r.truth())["totals"]["got"] == 0

    rehearse(story, trouble=Trouble(endings=(Ending("failed", 21610),)))


def test_hooks_of_texts_and_calls_can_be_lost(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        await r.post("/simulator/inbound", {"From": number(1), "Body": "STOP"})
        await r.post("/simulator/missed-call", {"From": number(1)})
        await r.rest()
        assert r.ours.hooks == []
        assert (await r.truth())["totals"]["sent"] == 1

    rehearse(story, trouble=Trouble(inbound_lost=1.0))
