"""A campaign call, step by step, and a missed call (S5, S7)."""

from __future__ import annotations

import io
import re
import wave
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from outreach.delivery.tables import Attempt
from outreach.hotline import queries as hotline
from outreach.hotline.inbox import acting, listing
from outreach.hotline.inbox.replying import Choice, reply
from outreach.hotline.inbox.worker import Worker
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Refused
from outreach.people.counting import counts
from outreach.people.tables import Contact
from outreach.store.engine import transaction
from outreach.store.ledger import LEDGER
from tests.asgi import Browser
from tests.web.conftest import Hook
from tests.world import World, number

ATTEMPTS = Attempt.__table__
ANNA = number(1)


@pytest.fixture
def call(world: World, clock: FixedClock) -> str:
    """The public id of a call to somebody who does not read; it is 18:00."""
    clock.advance(timedelta(hours=9))
    world.enrol(1, reads="no")
    world.fire()
    world.send()
    (attempt,) = world.all(ATTEMPTS)
    assert attempt.channel == "voice"
    return attempt.public_id


def step(hook: Hook, call: str, **form: str) -> str:
    more = "&step=key" if "Digits" in form else ""
    fields = {"CallSid": "CA1", "From": "+855380000001", "To": ANNA, "Direction": "outbound-api"}
    page = hook(
        f"/hooks/twilio/voice?attempt={call}{more}", **fields, CallStatus="in-progress", **form
    )
    assert page.headers["content-type"] == "application/xml"
    return page.text


def test_s7_nothing_is_said_before_the_recording_and_one_key_is_asked_for(
    hook: Hook, call: str, browser: Browser
) -> None:
    twiml = step(hook, call)
    assert re.findall(r"<(\w+)", twiml.replace("<?xml", "")) == [
        "Response",
        "Gather",
        "Play",
        "Hangup",
    ]
    assert ANNA[1:] not in twiml
    address = re.search(r"<Play>(.*?)</Play>", twiml)
    assert address
    audio = browser.get(urlsplit(address[1]).path)
    assert audio.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(audio.content)) as file:
        assert file.getnframes() / file.getframerate() == 20


@pytest.mark.parametrize("key", ["1", "9"])
def test_s7_one_and_nine_ask_for_a_call_back(hook: Hook, world: World, call: str, key: str) -> None:
    step(hook, call)
    assert "<Hangup" in step(hook, call, Digits=key)
    (wish,) = world.all(hotline.CALL_BACKS)
    assert (wish.source, world.runtime.desk.help_vault.unseal(wish.number_sealed)) == (
        "call_key",
        ANNA,
    )


def test_s7_zero_stops_everything(hook: Hook, world: World, call: str) -> None:
    step(hook, call)
    assert "<Hangup" in step(hook, call, Digits="0")
    assert counts(world.runtime.engine).opted_out == 1
    assert world.all(hotline.CALL_BACKS) == []


@pytest.mark.parametrize("key", ["*", "5", "#", ""])
def test_s7_star_and_any_other_key_just_hang_up(
    hook: Hook, world: World, call: str, key: str
) -> None:
    step(hook, call)
    assert "<Hangup" in step(hook, call, Digits=key)
    assert world.all(hotline.CALL_BACKS) == []
    assert counts(world.runtime.engine).opted_out == 0


@pytest.mark.parametrize(
    ("seconds", "share", "heard"), [(20, "listened", 20), (15, "listened", 15), (6, "partial", 6)]
)
def test_how_much_was_heard_is_the_time_from_play_to_the_next_hook(
    hook: Hook, world: World, call: str, clock: FixedClock, seconds: int, share: str, heard: int
) -> None:
    step(hook, call)
    clock.advance(timedelta(seconds=seconds))
    step(hook, call, Digits="1")
    clock.advance(timedelta(seconds=30))
    hook(
        f"/hooks/twilio/call-status?attempt={call}",
        CallSid="CA1",
        CallStatus="completed",
        CallDuration="60",
    )
    facts = [row for row in world.all(LEDGER) if row.kind == "call.heard"]
    assert [(fact.detail, fact.amount) for fact in facts] == [(share, heard)]


def test_a_call_that_nobody_answered_is_tried_again_at_another_time(
    hook: Hook, world: World, call: str, clock: FixedClock
) -> None:
    path = f"/hooks/twilio/call-status?attempt={call}"
    assert hook(path, CallSid="CA1", CallStatus="no-answer").status_code == 204
    assert world.one("SELECT state FROM delivery") == "pending"
    clock.advance(timedelta(hours=24))
    world.send()
    assert len(world.gateway.calls) == 2


def test_s5_a_missed_call_costs_nothing_and_is_called_back_within_three_minutes(
    hook: Hook, world: World
) -> None:
    page = hook(
        "/hooks/twilio/voice",
        CallSid="CA9",
        From=ANNA,
        To="+855380000001",
        Direction="inbound",
        CallStatus="ringing",
    )
    assert '<Reject reason="busy"' in page.text
    (wish,) = world.all(hotline.CALL_BACKS)
    assert (wish.source, wish.due_by - wish.asked_at) == ("missed_call", timedelta(minutes=3))


def test_a_call_of_which_we_know_nothing_is_hung_up(hook: Hook, world: World) -> None:
    assert "<Hangup" in step(hook, "b_unknown")
    assert "<Hangup" in hook("/hooks/twilio/voice").text


def test_a_recording_that_is_not_there_is_404(browser: Browser) -> None:
    assert browser.get("/recordings/wo_nothing.wav").status_code == 404


def test_s14_a_stop_by_key_holds_though_the_key_of_the_number_is_missing(
    hook: Hook, call: str, world: World
) -> None:
    contacts = Contact.__table__
    with transaction(world.runtime.engine) as connection:
        # What nobody can open: it stands for a number under a sealing key that is not here.
        connection.execute(contacts.update().values(number_sealed=b"\x06seal-x" + b"0" * 40))
    step(hook, call, Digits="0")
    assert [row.consent for row in world.all(contacts)] == ["opted_out"]
    assert counts(world.runtime.engine).opted_out == 1


def test_s7_zero_stops_workers_too(hook: Hook, world: World, call: str) -> None:
    desk, dara = world.runtime.desk, Worker("dara")
    world.text(ANNA, "ជួយ")
    (head,) = listing.inbox(desk.engine, "", listing.NOBODYS).shown
    acting.take(desk, head.id, dara)
    step(hook, call)
    step(hook, call, Digits="0")
    with pytest.raises(Refused):
        reply(desk, head.id, dara, Choice("where"))
