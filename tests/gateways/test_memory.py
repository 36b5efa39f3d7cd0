"""The double that ships: it does as its script says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Accepted, ErrorClass, Rejected, SmsOut, Throttled, Uncertain
from outreach.kernel.clock import FixedClock

NUMBER = "+855381234567"
SMS = SmsOut(NUMBER, "Kangea", "ព័ត៌មាន", "at_1", 60)
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


def test_scripted_outcomes_come_in_order_and_then_everything_is_accepted() -> None:
    gateway = MemoryGateway()
    scripted = (Throttled(1.0), Rejected("21211", ErrorClass.NEVER), Accepted("u-1", "sent"))
    gateway.script(*scripted)
    outcomes = [asyncio.run(gateway.send_sms(SMS)) for _ in range(4)]
    assert tuple(outcomes[:3]) == scripted
    assert isinstance(outcomes[3], Accepted)
    assert gateway.sms == [SMS] * 4


def test_an_uncertain_message_is_found_only_if_it_was_taken() -> None:
    gateway = MemoryGateway(now=FixedClock(NOON).now)
    gateway.script(Uncertain("time-out"), taken=False)
    gateway.script(Uncertain("time-out"), taken=True)
    asyncio.run(gateway.send_sms(SMS))
    assert asyncio.run(gateway.find(NUMBER, NOON - timedelta(minutes=1))) == []
    asyncio.run(gateway.send_sms(SMS))
    (found,) = asyncio.run(gateway.find(NUMBER, NOON - timedelta(minutes=1)))
    assert found.created == NOON


def test_a_reported_state_is_what_is_fetched() -> None:
    gateway = MemoryGateway()
    sent = asyncio.run(gateway.send_sms(SMS))
    assert isinstance(sent, Accepted)
    gateway.report(sent.sid, "delivered")
    report = asyncio.run(gateway.fetch(sent.sid, "sms"))
    assert report is not None
    assert report.state == "delivered"
