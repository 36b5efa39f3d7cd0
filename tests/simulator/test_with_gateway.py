"""The real client gets along with the network: sends, calls, lists, asks, and reads its hooks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from outreach.gateways.ports import Accepted, CallOut, ErrorClass, Gateway, Rejected, SmsOut
from outreach.gateways.registry import gateway_from
from outreach.simulator.signature import HEADER, sign
from tests.simulator.conftest import SENDER, SID, TOKEN, Rehearsal, number

Rehearse = Callable[..., Any]


@asynccontextmanager
async def gateway_to(r: Rehearsal, token: str = TOKEN) -> AsyncIterator[Gateway]:
    gateway = gateway_from(
        base_url=r.url, account_sid=SID, auth_token=token, public_url=r.ours.base
    )
    try:
        yield gateway
    finally:
        await gateway.close()


def _sms(index: int, body: str = "សួស្ដី") -> SmsOut:
    return SmsOut(number(index), SENDER, body, f"at_{index}", 3600)


def test_an_sms_is_accepted_found_and_fetched(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        async with gateway_to(r) as gateway:
            since = r.clock.now()
            outcome = await gateway.send_sms(_sms(1))
            assert isinstance(outcome, Accepted)
            assert outcome.state == "submitted"
            (found,) = await gateway.find(number(1), since)
            assert (found.sid, found.body, found.sender) == (outcome.sid, "សួស្ដី", SENDER)
            assert found.created == since
            await r.rest()
            report = await gateway.fetch(outcome.sid, "sms")
            assert report is not None
            assert report.state in ("sent", "delivered", "failed")
            assert await gateway.fetch("SMnone", "sms") is None
            assert await gateway.find(number(2), since) == []
            entry = r.network.book.messages[outcome.sid]
            assert entry.callback == f"{r.ours.base}/hooks/twilio/status?attempt=at_1"

    rehearse(story)


def test_what_a_person_sends_is_not_found_among_what_we_sent(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        async with gateway_to(r) as gateway:
            since = r.clock.now()
            await r.post("/simulator/inbound", {"From": number(1), "Body": "1", "To": SENDER})
            assert await gateway.find(SENDER, since) == []
            assert await gateway.find(number(1), since) == []

    rehearse(story)


def test_a_long_list_is_found_whole(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        async with gateway_to(r) as gateway:
            since = r.clock.now()
            for _ in range(450):
                r.network.send(number(1), SENDER, "1", "", None)
            assert len(await gateway.find(number(1), since)) == 450

    rehearse(story)


def test_refusals_carry_their_consequence(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        async with gateway_to(r) as gateway:
            wrong = SmsOut("+0", SENDER, "1", "at_1", 60)
            assert await gateway.send_sms(wrong) == Rejected("21211", ErrorClass.NEVER)
            long = await gateway.send_sms(_sms(1, "ក" * 1601))
            assert long == Rejected("21617", ErrorClass.CONFIGURATION)
        async with gateway_to(r, token="wrong") as gateway:
            refused = await gateway.send_sms(_sms(1))
            assert refused == Rejected("20003", ErrorClass.CONFIGURATION)

    rehearse(story)


def test_a_call_is_placed_found_and_fetched(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        async with gateway_to(r) as gateway:
            since = r.clock.now()
            outcome = await gateway.place_call(CallOut(number(1), SENDER, "at_9", 25))
            assert isinstance(outcome, Accepted)
            (found,) = await gateway.find(number(1), since, "voice")
            assert (found.sid, found.channel) == (outcome.sid, "voice")
            call = r.network.book.calls[outcome.sid]
            assert call.url == f"{r.ours.base}/hooks/twilio/voice?attempt=at_9"
            assert call.events == ("initiated", "ringing", "answered", "completed")
            assert call.timeout == 25
            await r.rest()
            report = await gateway.fetch(outcome.sid, "voice")
            assert report is not None
            assert report.state in ("completed", "busy", "no_answer", "failed")

    rehearse(story)


def test_the_networks_hooks_are_verified_and_read(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        async with gateway_to(r) as gateway:
            _, sent = await r.send(number(1), StatusCallback=f"{r.ours.base}/status?attempt=at_1")
            await r.post("/simulator/inbound", {"From": number(1), "Body": "ឈប់"})
            await r.post("/simulator/missed-call", {"From": number(1)})
            await r.rest()
            for hook in r.ours.hooks:
                # As it came: our server checked the signature against its own address.
                query = f"?{urlencode(hook.query)}" if hook.query else ""
                url = f"{hook.path}{query}"
                headers = {HEADER: sign(TOKEN, r.ours.base + url, hook.form)}
                assert hook.signed
                assert gateway.verify(url, headers, urlencode(hook.form).encode())
            status, text, call = (r.ours.to(path)[0] for path in ("/status", "/message", "/voice"))
            report = gateway.parse_receipt(status.query, status.form)
            assert report is not None
            assert (report.sid, report.attempt) == (sent["sid"], "at_1")
            inbound = gateway.parse_inbound(text.form)
            assert inbound is not None
            assert (inbound.sender_number, inbound.body, inbound.country) == (
                number(1),
                "ឈប់",
                "KH",
            )
            missed = gateway.parse_call(call.form, call.query)
            assert missed is not None
            assert missed.inbound
            assert missed.number == number(1)

    rehearse(story)
