"""What every gateway keeps to, whichever provider stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from outreach.gateways.ports import (
    Accepted,
    CallOut,
    Gateway,
    Inbound,
    InboundCall,
    Outcome,
    SmsOut,
)
from outreach.kernel.flow import Gather, Hangup, Play
from tests.gateways.conftest import FAILURES, Raw

NUMBER, OTHER, SENDER = "+855381234567", "+855387654321", "Kangea"
TEXT = "ព័ត៌មានការងារ: អត់មានថ្លៃ 1"
PUBLIC_URL = "http://127.0.0.1:8000"
SMS = SmsOut(NUMBER, SENDER, TEXT, "at_1", 3600)
CALL = CallOut(NUMBER, SENDER, "at_2", 30)
Tell = Callable[[Callable[[Any], Any]], Any]


def _lately() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=5)


def test_an_sms_and_a_call_are_accepted_under_ids_of_their_own(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        sms, call = await gateway.send_sms(SMS), await gateway.place_call(CALL)
        assert isinstance(sms, Accepted)
        assert isinstance(call, Accepted)
        assert (sms.state, call.state) == ("submitted", "submitted")
        assert sms.sid != call.sid

    tell_each(story)


def test_what_was_sent_is_found_again_by_its_number_with_its_text(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        sent = await gateway.send_sms(SMS)
        await gateway.send_sms(SmsOut(OTHER, SENDER, "another", "at_3", 60))
        (found,) = await gateway.find(NUMBER, _lately())
        assert isinstance(sent, Accepted)
        assert (found.sid, found.channel) == (sent.sid, "sms")
        assert (found.to, found.sender, found.body) == (NUMBER, SENDER, TEXT)
        assert found.created.tzinfo is not None

    tell_each(story)


def test_calls_are_found_too_and_can_be_asked_for_alone(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        await gateway.send_sms(SMS)
        await gateway.place_call(CALL)
        both = await gateway.find(NUMBER, _lately())
        (call,) = await gateway.find(NUMBER, _lately(), "voice")
        assert {found.channel for found in both} == {"sms", "voice"}
        assert call.channel == "voice"

    tell_each(story)


def test_what_is_older_than_asked_for_is_not_found(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        await gateway.send_sms(SMS)
        assert await gateway.find(NUMBER, datetime.now(UTC) + timedelta(minutes=1)) == []

    tell_each(story)


def test_one_message_can_be_asked_after_and_a_strange_one_is_none(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        sent = await gateway.send_sms(SMS)
        assert isinstance(sent, Accepted)
        report = await gateway.fetch(sent.sid, "sms")
        assert report is not None
        assert (report.sid, report.state) == (sent.sid, "submitted")
        assert await gateway.fetch("never-given", "sms") is None
        assert await gateway.fetch(sent.sid, "voice") is None

    tell_each(story)


def test_a_signed_hook_passes_and_any_change_to_it_does_not(tell_each: Tell, raw: Raw) -> None:
    path = "/hooks/twilio/status?attempt=at_1"
    body = urlencode(raw.receipt).encode()
    right = raw.signed(PUBLIC_URL + path, raw.receipt)

    async def story(gateway: Gateway) -> None:
        assert gateway.verify(path, right, body)
        assert gateway.verify(f"http://internal:9{path}", right, body)
        assert not gateway.verify(path, {}, body)
        assert not gateway.verify(path + "2", right, body)
        assert not gateway.verify(path, right, body.replace(b"delivered", b"failed"))

    tell_each(story)


def test_a_receipt_names_our_attempt_and_its_state(tell_each: Tell, raw: Raw) -> None:
    async def story(gateway: Gateway) -> None:
        report = gateway.parse_receipt({"attempt": "at_1"}, raw.receipt)
        assert report is not None
        assert (report.sid, report.attempt, report.state) == ("SM1", "at_1", "delivered")

    tell_each(story)


def test_empty_forms_are_calmly_nothing(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        assert gateway.parse_receipt({}, {}) is None
        assert gateway.parse_inbound({}) is None
        assert gateway.parse_call({}) is None

    tell_each(story)


def test_a_call_is_rendered_as_markup(tell_each: Tell) -> None:
    flow = (Gather((Play("http://127.0.0.1:8000/a.wav"),), "/next"), Hangup())

    async def story(gateway: Gateway) -> None:
        markup = gateway.render_call(flow)
        assert b"http://127.0.0.1:8000/a.wav" in markup
        assert b"/next" in markup

    tell_each(story)


def test_s18_nothing_that_passes_through_prints_a_number_or_a_text(
    tell_each: Tell, raw: Raw
) -> None:
    async def story(gateway: Gateway) -> None:
        await gateway.send_sms(SMS)
        (found,) = await gateway.find(NUMBER, _lately())
        inbound, call = gateway.parse_inbound(raw.text), gateway.parse_call(raw.call)
        assert inbound is not None
        assert call is not None
        assert (inbound.sender_number, inbound.body) == (NUMBER, TEXT)
        assert (call.number, call.digits) == (NUMBER, "9")
        for value in (SMS, CALL, found, inbound, call):
            shown = repr(value)
            assert NUMBER not in shown
            assert TEXT not in shown

    tell_each(story)


async def _received(
    gateway: Gateway, to: list[str], since: datetime
) -> tuple[list[Inbound], list[InboundCall]]:
    """What came in, the oldest first."""
    found = sorted([item async for item in gateway.received(to, since)], key=lambda item: item.at)
    return (
        [item for item in found if isinstance(item, Inbound)],
        [item for item in found if isinstance(item, InboundCall)],
    )


def test_nothing_came_in_is_an_empty_list(tell_each: Tell) -> None:
    async def story(gateway: Gateway) -> None:
        await gateway.send_sms(SMS)
        await gateway.place_call(CALL)
        assert await _received(gateway, [NUMBER, SENDER], _lately()) == ([], [])

    tell_each(story)


def test_what_came_in_is_listed_with_its_time_and_nothing_that_went_out(
    tell_each: Tell, arrive: Callable[..., None]
) -> None:
    ours, before, now = "+855381280000", datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC)
    arrive(ours, "SM-early", "CA-early", at=before)
    arrive(ours, "SM-1", "CA-1", at=now)
    arrive(OTHER, "SM-elsewhere", "CA-elsewhere", at=now)

    async def story(gateway: Gateway) -> None:
        await gateway.send_sms(SMS)
        texts, calls = await _received(gateway, [ours], _lately())
        assert [(text.sid, text.sender_number, text.body) for text in texts] == [
            ("SM-1", NUMBER, TEXT)
        ]
        assert [(call.sid, call.number, call.inbound) for call in calls] == [("CA-1", NUMBER, True)]
        for item in (*texts, *calls):
            assert item.at is not None
            assert item.at.tzinfo is not None
            assert NUMBER not in repr(item)
        texts, _ = await _received(gateway, [ours], _lately() - timedelta(hours=2))
        assert [text.sid for text in texts] == ["SM-early", "SM-1"]
        texts, calls = await _received(gateway, [ours, OTHER], _lately())
        assert {text.sid for text in texts} == {"SM-1", "SM-elsewhere"}
        assert {call.sid for call in calls} == {"CA-1", "CA-elsewhere"}

    tell_each(story)


def _kind(outcome: Outcome) -> tuple[type[Any], object]:
    """What follows from it, whatever the provider calls it."""
    return type(outcome), getattr(outcome, "klass", None)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_says_what_it_means_and_the_list_shows_whether_it_was_taken(
    tell_each: Tell, failing: list[str], name: str
) -> None:
    failing.append(name)
    expected, taken, _ = FAILURES[name]

    async def story(gateway: Gateway) -> None:
        assert _kind(await gateway.send_sms(SMS)) == _kind(expected)
        assert len(await gateway.find(NUMBER, _lately(), "sms")) == taken
        assert isinstance(await gateway.send_sms(SMS), Accepted)

    tell_each(story)
