"""The gateway's hooks: signed or refused; calm about whatever is odd, late, double or unknown."""

from __future__ import annotations

import pytest

from outreach.delivery.stops import notices
from outreach.delivery.tables import Attempt, Receipt
from outreach.hotline import queries as hotline
from outreach.people.communities import managing
from outreach.people.communities.managing import Details
from outreach.people.counting import counts
from tests.web.conftest import Hook
from tests.world import World, number

ATTEMPTS, RECEIPTS = Attempt.__table__, Receipt.__table__
ANNA = number(1)
PATHS = ("message", "status", "voice", "call-status")


def text(hook: Hook, body: str, who: str = ANNA, **more: str) -> object:
    return hook("/hooks/twilio/message", MessageSid="SM1", From=who, To="", Body=body, **more)


def status(hook: Hook, attempt: str, state: str, **more: str) -> int:
    path = f"/hooks/twilio/status?attempt={attempt}"
    return hook(path, MessageSid="SMa", MessageStatus=state, **more).status_code


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signature", ["", "wrong", "é"])
def test_a_hook_without_a_valid_signature_gets_403_and_changes_nothing(
    hook: Hook, world: World, path: str, signature: str
) -> None:
    page = hook(
        f"/hooks/twilio/{path}", signature=signature, MessageSid="SM1", From=ANNA, Body="ជួយ"
    )
    assert page.status_code == 403
    assert world.all(hotline.INBOUND) == []
    assert world.all(hotline.CALL_BACKS) == []


def test_a_text_is_durable_before_its_hook_is_answered(hook: Hook, world: World) -> None:
    page = text(hook, "ជួយ")
    assert page.status_code == 200
    assert page.headers["content-type"] == "application/xml"
    assert b"<Response/>" in page.content
    (row,) = world.all(hotline.INBOUND)
    assert row.intent == "HELP"


def test_a_text_with_an_empty_body_gets_the_menu(hook: Hook, world: World) -> None:
    assert text(hook, "").status_code == 200
    world.send()
    assert world.got(ANNA) == [world.runtime.desk.replies.text("UNKNOWN", "km")]


def test_a_message_hook_without_a_sender_is_calm(hook: Hook, world: World) -> None:
    assert hook("/hooks/twilio/message", MessageSid="SM1", Body="x").status_code == 200
    assert world.all(hotline.INBOUND) == []


@pytest.fixture
def sent(world: World) -> str:
    """The public id of an attempt that is on its way to ANNA."""
    world.enrol(1)
    world.fire()
    world.send()
    (attempt,) = world.all(ATTEMPTS)
    return attempt.public_id


def state(world: World) -> str:
    return world.all(ATTEMPTS)[0].state


def test_a_receipt_moves_its_attempt(hook: Hook, world: World, sent: str) -> None:
    assert status(hook, sent, "sent") == 204
    assert status(hook, sent, "delivered") == 204
    assert state(world) == "delivered"
    assert world.one("SELECT state FROM delivery") == "done"


def test_receipts_may_come_in_any_order_and_twice(hook: Hook, world: World, sent: str) -> None:
    for word in ("delivered", "sent", "delivered", "queued", "sent"):
        assert status(hook, sent, word) == 204
    assert state(world) == "delivered"
    assert len(world.all(RECEIPTS)) == len({row.state for row in world.all(RECEIPTS)})


def test_a_late_delivered_corrects_a_failure(hook: Hook, world: World, sent: str) -> None:
    status(hook, sent, "undelivered", ErrorCode="30003")
    status(hook, sent, "delivered")
    assert state(world) == "delivered"
    assert world.one("SELECT state FROM delivery") == "done"


@pytest.mark.parametrize("word", ["", "teleported", "read", "accepted"])
def test_a_status_that_we_do_not_know_or_need_is_calm(
    hook: Hook, world: World, sent: str, word: str
) -> None:
    assert status(hook, sent, word) == 204


def test_a_report_of_nothing_of_ours_is_calm(hook: Hook, world: World, sent: str) -> None:
    assert status(hook, "b_0123", "delivered") == 204
    assert hook("/hooks/twilio/status", x="1").status_code == 204
    assert hook("/hooks/twilio/status").status_code == 204
    assert state(world) == "submitted"


def test_s14_the_gateways_own_opt_out_is_recorded(hook: Hook, world: World, sent: str) -> None:
    status(hook, sent, "failed", ErrorCode="21610")
    assert counts(world.runtime.engine).opted_out == 1


def test_a_body_larger_than_any_hooks_is_refused(hook: Hook) -> None:
    assert text(hook, "x" * 70_000).status_code == 413


def test_other_methods_are_refused(browser) -> None:
    assert browser.get("/hooks/twilio/message").status_code == 405


def reach(hook: Hook, to: str) -> None:
    """A text and a missed call to a number of ours."""
    sender = {"From": ANNA, "To": to}
    hook("/hooks/twilio/message", MessageSid=f"SM{to}", Body="1", **sender)
    hook("/hooks/twilio/voice", CallSid=f"CA{to}", Direction="inbound", **sender)


def test_a_number_that_nobody_lists_is_told_to_an_operator_once(hook: Hook, world: World) -> None:
    door = number(9_000_800)
    for _ in range(3):
        reach(hook, door)
    (notice,) = notices.listed(world.runtime.engine)
    assert (notice.kind, notice.times) == ("unlisted_number", 1)
    assert door not in repr(notice)
    assert "OUTREACH_NUMBERS" in notice.todo


def test_of_the_sender_of_joining_numbers_and_of_none_nobody_is_told(
    hook: Hook, world: World
) -> None:
    runtime = world.runtime
    details = Details(
        "factory", country="TH", name_km="រោងចក្រ", name_en="Factory", join_number=number(9_000_900)
    )
    managing.add(runtime.engine, runtime.desk.vault, runtime.clock, details)
    for to in (runtime.settings.sender, number(9_000_900), ""):
        reach(hook, to)
    assert notices.listed(runtime.engine) == ()
