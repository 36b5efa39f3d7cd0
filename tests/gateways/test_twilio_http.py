"""What the adapter makes of a provider's answers, good, bad and missing, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from outreach.gateways.ports import (
    Accepted,
    CallOut,
    ErrorClass,
    Outcome,
    Rejected,
    SmsOut,
    Throttled,
    Uncertain,
    Unreachable,
)
from outreach.gateways.twilio import TwilioConfig, TwilioGateway
from outreach.gateways.twilio.errors import ERRORS
from outreach.gateways.twilio.statuses import SOMLENG
from outreach.kernel.errors import Unavailable

NUMBER = "+855381234567"
SMS = SmsOut(NUMBER, "Kangea", "ព័ត៌មាន & + ?", "at_1", 20_000)
CALL = CallOut(NUMBER, "+855380000001", "at_2", 25)
Tell = Callable[..., Any]


async def _send(gateway: TwilioGateway) -> Outcome:
    return await gateway.send_sms(SMS)


def _said(status: int, /, **data: Any) -> Callable[[web.Request], web.Response]:
    return lambda request: web.json_response(data, status=status)


def test_an_sms_is_posted_with_what_the_provider_needs_and_no_more(
    tell: Tell, provider: Any
) -> None:
    tell(_send)
    assert provider.forms == [
        {
            "To": [NUMBER],
            "From": ["Kangea"],
            "Body": ["ព័ត៌មាន & + ?"],
            "ValidityPeriod": ["20000"],
            "SmartEncoded": ["false"],
            "StatusCallback": ["http://127.0.0.1:8000/hooks/twilio/status?attempt=at_1"],
        }
    ]
    secret = base64.b64encode(b"AC" + b"0" * 32 + b":token-of-tests").decode()
    assert provider.authorization == f"Basic {secret}"


def test_somleng_gets_a_validity_that_it_accepts(tell: Tell, provider: Any) -> None:
    tell(_send, dialect=SOMLENG)
    assert provider.forms[0]["ValidityPeriod"] == ["14400"]


def test_a_call_is_posted_with_its_two_addresses_and_all_events(tell: Tell, provider: Any) -> None:
    tell(lambda gateway: gateway.place_call(CALL))
    assert provider.forms == [
        {
            "To": [NUMBER],
            "From": ["+855380000001"],
            "Timeout": ["25"],
            "Url": ["http://127.0.0.1:8000/hooks/twilio/voice?attempt=at_2"],
            "Method": ["POST"],
            "StatusCallback": ["http://127.0.0.1:8000/hooks/twilio/call-status?attempt=at_2"],
            "StatusCallbackMethod": ["POST"],
            "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        }
    ]


# What the provider said → what it means for us.
ANSWERS: list[tuple[str, Callable[[web.Request], web.StreamResponse], Outcome]] = [
    (
        "throttled, with a pause",
        lambda r: web.json_response({"code": 20429}, status=429, headers={"Retry-After": "7"}),
        Throttled(7.0),
    ),
    ("throttled, without one", _said(429, code=20429), Throttled(1.0)),
    (
        "throttled by something before the provider",
        lambda r: web.Response(status=429),
        Throttled(1.0),
    ),
    (
        "an odd pause",
        lambda r: web.Response(status=429, headers={"Retry-After": "soon"}),
        Throttled(1.0),
    ),
    ("not a number", _said(400, code=21211), Rejected("21211", ErrorClass.NEVER)),
    ("opted out", _said(400, code=21610), Rejected("21610", ErrorClass.OPTED_OUT)),
    ("wrong token", _said(401, code=20003), Rejected("20003", ErrorClass.CONFIGURATION)),
    ("suspended", _said(403, code=30002), Rejected("30002", ErrorClass.SUSPENDED)),
    ("sender's queue full", _said(400, code=21611), Rejected("21611", ErrorClass.RETRY_LATER)),
    ("Somleng's string code", _said(422, code="S9001"), Rejected("S9001", ErrorClass.UNKNOWN)),
    ("a code of next year", _said(400, code=99999), Rejected("99999", ErrorClass.UNKNOWN)),
    ("a wrong account", _said(404, code=20404), Rejected("20404", ErrorClass.CONFIGURATION)),
    ("a new code for a time-out", _said(408, code=99998), Uncertain("http-408")),
    ("a sentence as code", _said(400, code="x" * 99), Rejected("x" * 20, ErrorClass.UNKNOWN)),
    ("an id that can't be kept", _said(201, sid="x" * 65), Uncertain("unreadable answer")),
    (
        "a refusal without a code",
        lambda r: web.Response(status=400),
        Rejected("http-400", ErrorClass.UNKNOWN),
    ),
    (
        "a refusal in HTML",
        lambda r: web.Response(status=403, text="<html>"),
        Rejected("http-403", ErrorClass.CONFIGURATION),
    ),
    (
        "sent elsewhere",
        lambda r: web.Response(status=301, headers={"Location": "http://127.0.0.1:9/"}),
        Rejected("http-301", ErrorClass.CONFIGURATION),
    ),
    ("internal error", _said(500, code=20500), Uncertain("http-500")),
    ("unavailable", _said(503, code=20503), Uncertain("http-503")),
    (
        "a proxy's time-out",
        lambda r: web.Response(status=504, text="<html>"),
        Uncertain("http-504"),
    ),
    ("a refusal whose code may duplicate", _said(400, code=30410), Uncertain("http-400")),
    ("request time-out", lambda r: web.Response(status=408), Uncertain("http-408")),
    (
        "accepted, but unreadable",
        lambda r: web.Response(status=201, body=b"\xff{"),
        Uncertain("unreadable answer"),
    ),
    ("accepted, without an id", _said(201, status="queued"), Uncertain("unreadable answer")),
    (
        "accepted, a list",
        lambda r: web.json_response([1], status=201),
        Uncertain("unreadable answer"),
    ),
    ("accepted, an id that isn't text", _said(201, sid=5), Uncertain("unreadable answer")),
    (
        "accepted in a state of next year",
        _said(201, sid="u-1", status="beamed"),
        Accepted("u-1", "submitted"),
    ),
    ("accepted and sent at once", _said(201, sid="u-1", status="sent"), Accepted("u-1", "sent")),
]


@pytest.mark.parametrize(
    ("said", "expected"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS]
)
def test_an_answer_means(
    said: Callable[[web.Request], web.StreamResponse],
    expected: Outcome,
    tell: Tell,
    provider: Any,
) -> None:
    provider.misdeeds.append(said)
    assert tell(_send) == expected


def test_every_code_that_the_house_lists_has_its_class() -> None:
    by_class: dict[ErrorClass, set[str]] = {}
    for code, klass in ERRORS.items():
        by_class.setdefault(klass, set()).add(code)
    later = {"21611", "30001", "30003", "30017", "30450", "30036", "S1001", "S1002"}
    assert by_class[ErrorClass.RETRY_LATER] == later
    assert by_class[ErrorClass.RETRY_LITTLE] == {"30005", "30008"}
    assert by_class[ErrorClass.MAY_DUPLICATE] == {"20500", "20503", "30410"}
    assert by_class[ErrorClass.NEVER] == {"21211", "21217", "21614", "30006"}
    assert by_class[ErrorClass.OPTED_OUT] == {"21610"}
    assert by_class[ErrorClass.BLOCKED] == {"30004", "30007", "14107", "S1007"}
    pool, audio = {"21701", "21703", "21704"}, {"12300", "13420"}
    ours = {"20003", "21408", "21606", "21612", "21617", "S1006"}
    assert by_class[ErrorClass.CONFIGURATION] == ours | pool | audio
    assert by_class[ErrorClass.SUSPENDED] == {"30002", "20005", "S1004", "S1005"}


def test_a_dropped_connection_is_uncertain_and_posted_only_once(tell: Tell, provider: Any) -> None:
    def drop(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    provider.misdeeds.append(drop)
    assert isinstance(tell(_send), Uncertain)
    assert len(provider.forms) == 1


def test_an_answer_cut_off_in_the_middle_is_uncertain(tell: Tell, provider: Any) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=201, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"sid": "SM')
        assert request.transport is not None
        request.transport.abort()
        return response

    provider.misdeeds.append(half)
    assert isinstance(tell(_send), Uncertain)


async def _silence(request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


def test_silence_is_uncertain_and_one_who_waited_in_line_is_not(tell: Tell, provider: Any) -> None:
    """Only one connection: the first request got no answer, the second never left."""
    provider.misdeeds.append(_silence)

    async def two(gateway: TwilioGateway) -> list[Outcome]:
        return list(await asyncio.gather(gateway.send_sms(SMS), gateway.send_sms(SMS)))

    first, second = tell(two, timeout=0.2, concurrency=1)
    assert isinstance(first, Uncertain)
    assert isinstance(second, Unreachable)
    assert len(provider.forms) == 1


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def _nowhere() -> TwilioGateway:
    return TwilioGateway(
        TwilioConfig(f"http://127.0.0.1:{_closed_port()}", "AC0", "t", "http://127.0.0.1:8000")
    )


def test_a_refused_connection_means_that_nothing_left() -> None:
    async def story() -> tuple[Outcome, Outcome]:
        gateway = _nowhere()
        try:
            return await gateway.send_sms(SMS), await gateway.place_call(CALL)
        finally:
            await gateway.close()

    sms, call = asyncio.run(story())
    assert isinstance(sms, Unreachable)
    assert isinstance(call, Unreachable)


def test_s18_an_error_in_looking_up_a_number_does_not_show_it() -> None:
    async def story() -> None:
        gateway = _nowhere()
        try:
            await gateway.find(NUMBER, datetime.now(UTC))
        finally:
            await gateway.close()

    with pytest.raises(Unavailable) as caught:
        asyncio.run(story())
    assert "38123" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_long_list_is_read_to_its_end(tell: Tell, provider: Any) -> None:
    provider.page_size = 2

    async def story(gateway: TwilioGateway) -> int:
        for _ in range(7):
            await gateway.send_sms(SMS)
        return len(await gateway.find(NUMBER, datetime.now(UTC) - timedelta(seconds=5), "sms"))

    assert tell(story) == 7


async def all_of(gateway: TwilioGateway, since: datetime) -> list[str]:
    """The SIDs of what came in."""
    return [item.sid async for item in gateway.received([NUMBER], since)]


def test_a_flood_is_read_to_its_end_for_the_stop_in_it(tell: Tell, provider: Any) -> None:
    provider.page_size = 1
    at = datetime.now(UTC)
    for position in range(51):
        provider.arrive(NUMBER, f"SM{position}", f"CA{position}", at)
    since = at - timedelta(seconds=5)
    found = tell(lambda gateway: all_of(gateway, since))
    assert sorted(found) == sorted(f"{kind}{n}" for kind in ("SM", "CA") for n in range(51))
    with pytest.raises(Unavailable, match="too long"):
        tell(lambda gateway: gateway.find(NUMBER, since, "sms"))


def test_a_list_that_leads_in_a_circle_ends(tell: Tell, provider: Any) -> None:
    def circle(request: web.Request) -> web.StreamResponse:
        provider.misdeeds.append(circle)
        return web.json_response({"messages": [], "next_page_uri": request.path_qs})

    provider.misdeeds.append(circle)
    with pytest.raises(Unavailable, match="circle"):
        tell(lambda gateway: all_of(gateway, datetime.now(UTC)))


LISTS: list[tuple[str, Callable[[web.Request], web.StreamResponse]]] = [
    ("an error", _said(500)),
    ("not a list", _said(200, messages=None)),
    ("not JSON", lambda r: web.Response(text="<html>")),
    (
        "its next page on another host",
        _said(200, messages=[{"sid": "x"}], next_page_uri="http://example.org/steal"),
    ),
    (
        "its next page on another host, shortly",
        _said(200, messages=[{"sid": "x"}], next_page_uri="//example.org/2010-04-01/"),
    ),
]


@pytest.mark.parametrize("said", [row[1] for row in LISTS], ids=[row[0] for row in LISTS])
def test_a_list_that_is_not_whole_proves_nothing(
    said: Callable[[web.Request], web.StreamResponse], tell: Tell, provider: Any
) -> None:
    provider.misdeeds.append(said)
    with pytest.raises(Unavailable, match="whole"):
        tell(lambda gateway: gateway.find(NUMBER, datetime.now(UTC), "sms"))


@pytest.mark.parametrize(
    "listed",
    [{"status": "a status of next year"}, {"to": NUMBER[1:]}, {"from": CALL.sender[1:]}],
    ids=["an unknown status", "no plus before the number", "no plus before ours"],
)
def test_what_is_listed_oddly_is_found_for_else_it_would_be_sent_again(
    listed: dict[str, str], tell: Tell, provider: Any
) -> None:
    async def story(gateway: TwilioGateway) -> list[tuple[str, str, str]]:
        await gateway.send_sms(replace(SMS, sender=CALL.sender))
        provider.taken["messages"][0] |= listed
        found = await gateway.find(NUMBER, datetime.now(UTC) - timedelta(seconds=5), "sms")
        return [(entry.to, entry.sender, entry.state) for entry in found]

    assert tell(story) == [(NUMBER, CALL.sender, "submitted")]


@pytest.mark.parametrize("listed", [{"date_created": "soon"}, {"sid": None}])
def test_an_entry_of_ours_that_cant_be_read_proves_nothing(
    listed: dict[str, Any], tell: Tell, provider: Any
) -> None:
    async def story(gateway: TwilioGateway) -> None:
        await gateway.send_sms(SMS)
        provider.taken["messages"][0] |= listed
        await gateway.find(NUMBER, datetime.now(UTC) - timedelta(seconds=5), "sms")

    with pytest.raises(Unavailable, match="can't be read"):
        tell(story)


def test_texts_that_came_in_are_not_taken_for_ours(tell: Tell, provider: Any) -> None:
    async def story(gateway: TwilioGateway) -> int:
        await gateway.send_sms(SMS)
        provider.taken["messages"][0]["direction"] = "inbound"
        return len(await gateway.find(NUMBER, datetime.now(UTC) - timedelta(seconds=5)))

    assert tell(story) == 0


def test_a_failure_asked_after_carries_its_code_and_class(tell: Tell, provider: Any) -> None:
    async def story(gateway: TwilioGateway) -> Any:
        sent = await gateway.send_sms(SMS)
        assert isinstance(sent, Accepted)
        provider.taken["messages"][0] |= {"status": "undelivered", "error_code": 30006}
        return await gateway.fetch(sent.sid, "sms")

    report = tell(story)
    assert (report.state, report.error_code) == ("failed", "30006")
    assert report.klass is ErrorClass.NEVER


def test_a_provider_that_errs_when_asked_is_unavailable(tell: Tell, provider: Any) -> None:
    provider.misdeeds.append(_said(503))
    with pytest.raises(Unavailable, match="503"):
        tell(lambda gateway: gateway.fetch("SM1", "sms"))


def test_s18_the_token_is_never_printed() -> None:
    config = TwilioConfig("http://127.0.0.1", "AC0", "very-secret", "http://127.0.0.1:8000")
    assert "very-secret" not in repr(config) + repr(TwilioGateway(config))
