"""Handsets can be made to text and ring, and foreign pages can't do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.conftest import Rehearsal, number, only

Rehearse = Callable[..., Any]
OTHER_SENDER = "+855380000002"


def test_a_text_reaches_our_hook_signed(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        status, answer = await r.post(
            "/simulator/inbound", {"From": number(1), "Body": "ជួយ +សូម & ១"}
        )
        assert status == 202
        await r.rest()
        (hook,) = r.ours.to("/message")
        assert hook.signed
        form = hook.form
        assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"] == answer["sid"]
        assert (form["From"], form["Body"]) == (number(1), "ជួយ +សូម & ១")
        assert form["To"] == r.network.config.sender
        assert (form["NumMedia"], form["NumSegments"], form["FromCountry"]) == ("0", "1", "KH")
        assert form["FromCity"] == ""
        assert only((await r.truth())["handsets"], number(1))["sent"] == ["ជួយ +សូម & ១"]

    rehearse(story)


def test_a_text_goes_to_whoever_last_wrote_unless_it_says_otherwise(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> list[str]:
        await r.send(number(1), From=OTHER_SENDER)
        await r.send(number(2), From="AMKA")
        await r.rest()
        for form in (
            {"From": number(1)},
            {"From": number(2)},
            {"From": number(1), "To": "+855380000003"},
        ):
            await r.post("/simulator/inbound", form | {"Body": "1"})
            await r.rest()
        return [hook.form["To"] for hook in r.ours.to("/message")]

    to = rehearse(story)
    assert to == [OTHER_SENDER, "+855381280000", "+855380000003"]


def test_a_text_that_our_server_refuses_is_tried_once_more(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> None:
        r.ours.statuses = [503]
        await r.post("/simulator/inbound", {"From": number(1), "Body": "STOP"})
        await r.rest()
        assert len({hook.form["MessageSid"] for hook in r.ours.to("/message")}) == 1
        assert len(r.ours.to("/message")) == 2

    rehearse(story)


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_missed_call_is_signed_inbound_and_obeys_reject(
    rehearse: Rehearse, reason: str, status: str
) -> None:
    async def story(r: Rehearsal) -> None:
        r.ours.voice = lambda hook: f'<Response><Reject reason="{reason}"/></Response>'
        code, answer = await r.post("/simulator/missed-call", {"From": number(1)})
        assert code == 202
        await r.rest()
        (hook,) = r.ours.to("/voice")
        assert hook.signed
        assert (hook.form["Direction"], hook.form["CallStatus"]) == ("inbound", "ringing")
        assert (hook.form["From"], hook.form["CallSid"]) == (number(1), answer["sid"])
        assert r.network.book.calls[answer["sid"]].status == status
        assert only((await r.truth())["handsets"], number(1))["missed_calls"] == 1

    rehearse(story)


@pytest.mark.parametrize("form", [{"From": "012", "Body": "1"}, {"From": number(1), "Body": " "}])
def test_what_no_phone_can_send_is_refused(rehearse: Rehearse, form: dict[str, str]) -> None:
    async def story(r: Rehearsal) -> None:
        status, answer = await r.post("/simulator/inbound", form)
        assert status == 422
        assert "+85538" not in str(answer)
        assert r.ours.hooks == []

    rehearse(story)
