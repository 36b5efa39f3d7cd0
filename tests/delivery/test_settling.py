"""What lost answers, races and outages must not do: send twice, or leave somebody in the air."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outreach.delivery import settle
from outreach.delivery.receipts import record
from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Report, Uncertain
from outreach.kernel.errors import Unavailable
from tests.delivery.rows import attempts, deliveries

LOST = Uncertain("time-out")


def send(dispatcher):
    asyncio.run(dispatcher.drain())


class Down(MemoryGateway):
    """Down: it answers no question."""

    asked = 0

    async def find(self, to, since, channel=None):
        self.asked += 1
        raise Unavailable("down")

    async def fetch(self, sid, channel):
        raise Unavailable("down")


@pytest.mark.parametrize("state", ["submitted", "sent"])
def test_a_receipt_that_comes_while_we_look_is_not_overruled_by_the_older_list(
    database, clock, lane, gateway, dispatcher, queue, state
):
    queue()
    gateway.script(LOST)
    send(dispatcher)
    clock.advance(timedelta(minutes=11))
    (attempt,) = attempts(database)

    class Slow(MemoryGateway):
        async def find(self, to, since, channel=None):
            record(database, clock, [lane], [Report("SM1", attempt.public_id, state)])
            return []

    assert asyncio.run(settle.reconcile(database, clock, lane, Slow())) == 0
    assert [row.state for row in attempts(database)] == [state]
    send(dispatcher)
    assert len(gateway.sms) == 1


def test_two_workers_that_look_for_the_same_attempt_conclude_once(
    database, clock, lane, gateway, dispatcher, queue
):
    queue(3)
    gateway.script(LOST, LOST, LOST, taken=True)
    send(dispatcher)
    clock.advance(timedelta(minutes=11))

    async def both():
        return await asyncio.gather(
            *(settle.reconcile(database, clock, lane, gateway) for _ in range(2))
        )

    assert sum(asyncio.run(both())) == 3
    sids = [row.sid for row in attempts(database)]
    assert len(set(sids)) == 3
    send(dispatcher)
    assert len(gateway.sms) == 3


def test_while_the_gateway_is_down_nothing_is_concluded_and_it_is_left_alone(
    database, clock, lane, gateway, dispatcher, queue
):
    queue(80)
    gateway.script(*[LOST] * 80, taken=True)
    send(dispatcher)
    down = Down()
    for _ in range(12):
        clock.advance(timedelta(minutes=5))
        assert asyncio.run(settle.reconcile(database, clock, lane, down)) == 0
    assert {row.state for row in attempts(database)} == {"submitting"}
    assert down.asked < 12 * 25
    clock.advance(timedelta(minutes=3))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 80
    send(dispatcher)
    assert len(gateway.sms) == 80


def test_a_day_after_its_horizon_what_nobody_could_be_asked_about_is_unknown(
    database, clock, lane, gateway, dispatcher, queue
):
    queue(2, hours=0.5)
    gateway.script(LOST)
    send(dispatcher)
    clock.advance(timedelta(hours=26))
    asyncio.run(settle.reconcile(database, clock, lane, Down()))
    asyncio.run(settle.poll(database, clock, lane, Down()))
    assert {(row.state, row.reason) for row in deliveries(database)} == {
        ("unknown", "never_answered")
    }


def test_a_message_that_resembles_ours_forbids_to_send_again(
    database, clock, lane, gateway, dispatcher, queue
):
    queue()
    gateway.script(LOST)
    send(dispatcher)
    (sms,) = gateway.sms
    changed = type(sms)(sms.to, sms.sender, sms.body + " ", "else", 60)
    asyncio.run(gateway.send_sms(changed))
    clock.advance(timedelta(minutes=30))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 0
    clock.advance(timedelta(minutes=31))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 1
    assert deliveries(database)[0].reason == "unclear"


def test_the_first_message_that_appears_after_its_second_is_claimed_by_nobody_twice(
    database, clock, lane, gateway, dispatcher, queue
):
    """The one case that sends twice: held back by the gateway for over ten minutes (documented)."""
    queue()
    gateway.script(LOST, LOST, taken=True)
    send(dispatcher)
    hidden = dict(gateway._taken)
    gateway._taken.clear()
    clock.advance(timedelta(minutes=11))
    asyncio.run(settle.reconcile(database, clock, lane, gateway))
    send(dispatcher)
    gateway._taken.update(hidden)
    clock.advance(timedelta(minutes=2))
    asyncio.run(settle.reconcile(database, clock, lane, gateway))
    first, second = attempts(database)
    assert (first.state, second.state) == ("errored", "submitted")
    assert second.sid == "memory-2"
