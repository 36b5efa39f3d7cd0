"""From pending to delivered, and all that can go wrong on the way, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from outreach.delivery import dispatch, settle, switches
from outreach.delivery.claiming import claim, submit
from outreach.delivery.receipts import record
from outreach.gateways.ports import ErrorClass, Rejected, Report, Throttled, Uncertain, Unreachable
from tests.delivery.rows import SENDER, attempts, deliveries


def send(dispatcher):
    asyncio.run(dispatcher.drain())


def report(database, clock, lane, attempt, state, **more):
    return record(
        database, clock, [lane], [Report(attempt.sid or "SMx", attempt.public_id, state, **more)]
    )


def test_each_delivery_leaves_once_and_is_done_when_delivered(
    database, clock, lane, gateway, dispatcher, queue
):
    queue(20)
    send(dispatcher)
    assert len({sms.to for sms in gateway.sms}) == len(gateway.sms) == 20
    for attempt in attempts(database):
        assert attempt.state == "submitted"
        report(database, clock, lane, attempt, "delivered")
    assert {row.state for row in deliveries(database)} == {"done"}
    send(dispatcher)
    assert len(gateway.sms) == 20


def test_an_answer_that_a_fault_of_ours_keeps_from_being_recorded_is_told_and_nothing_leaves_twice(
    database, gateway, dispatcher, queue, monkeypatch
):
    def fail(*_args):
        raise ValueError("broken")

    queue(3)
    monkeypatch.setattr(dispatch, "take_answers", fail)
    with capture_logs() as said:
        send(dispatcher)
    assert {(line["log_level"], len(line["attempts"])) for line in said} == {("error", 3)}
    assert {attempt.state for attempt in attempts(database)} == {"submitting"}
    send(dispatcher)
    assert len(gateway.sms) == 3


@pytest.mark.parametrize("outcome", [Throttled(60), Unreachable("refused")])
def test_what_the_gateway_never_took_goes_again_and_does_not_count_as_a_try(
    database, clock, gateway, dispatcher, queue, outcome
):
    queue()
    gateway.script(outcome)
    send(dispatcher)
    (row,) = deliveries(database)
    assert (row.state, row.attempts) == ("pending", 0)
    clock.advance(timedelta(minutes=2))
    send(dispatcher)
    assert [a.state for a in attempts(database)] == ["errored", "submitted"]
    assert deliveries(database)[0].attempts == 1


def test_a_wrong_number_fails_for_good(database, gateway, dispatcher, queue):
    queue()
    gateway.script(Rejected("21211", ErrorClass.NEVER))
    send(dispatcher)
    (row,) = deliveries(database)
    assert (row.state, row.reason) == ("failed", "21211")


def test_what_did_not_arrive_is_tried_again_at_another_hour(
    database, clock, lane, dispatcher, queue
):
    queue()
    send(dispatcher)
    report(
        database,
        clock,
        lane,
        attempts(database)[0],
        "failed",
        error_code="30003",
        klass=ErrorClass.RETRY_LATER,
    )
    (row,) = deliveries(database)
    assert (row.state, row.due_at.hour) == ("pending", 11)  # 18:00 in Phnom Penh
    clock.advance(timedelta(hours=10))
    send(dispatcher)
    assert len(attempts(database)) == 2


def test_an_uncertain_answer_is_looked_up_and_never_sent_again(
    database, clock, lane, gateway, dispatcher, queue
):
    queue()
    gateway.script(Uncertain("time-out"), taken=True)
    send(dispatcher)
    assert attempts(database)[0].state == "submitting"
    clock.advance(timedelta(minutes=2))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 1
    (attempt,) = attempts(database)
    assert attempt.state == "submitted"
    assert attempt.sid
    clock.advance(timedelta(hours=1))
    send(dispatcher)
    assert len(gateway.sms) == 1


def test_what_a_complete_list_lacks_after_ten_minutes_is_sent_once_more_and_only_once(
    database, clock, lane, gateway, dispatcher, queue
):
    queue()
    gateway.script(Uncertain("time-out"), Uncertain("time-out"), taken=False)
    send(dispatcher)
    clock.advance(timedelta(minutes=5))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 0
    clock.advance(timedelta(minutes=6))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 1
    send(dispatcher)
    clock.advance(timedelta(minutes=11))
    assert asyncio.run(settle.reconcile(database, clock, lane, gateway)) == 1
    (row,) = deliveries(database)
    assert (row.state, row.reason) == ("unknown", "not_found_twice")
    send(dispatcher)
    assert len(gateway.sms) == 2


def test_silence_past_the_horizon_is_unknown_and_a_late_delivered_still_wins(
    database, clock, lane, gateway, dispatcher, queue
):
    queue(hours=2)
    send(dispatcher)
    report(database, clock, lane, attempts(database)[0], "sent")
    clock.advance(timedelta(hours=6))
    asyncio.run(settle.poll(database, clock, lane, gateway))
    assert deliveries(database)[0].state == "unknown"
    report(database, clock, lane, attempts(database)[0], "delivered")
    assert deliveries(database)[0].state == "done"


def test_polling_finds_what_the_lost_receipt_said(
    database, clock, lane, gateway, dispatcher, queue
):
    queue()
    send(dispatcher)
    gateway.report(attempts(database)[0].sid, "delivered")
    clock.advance(timedelta(minutes=31))
    assert asyncio.run(settle.poll(database, clock, lane, gateway)) == 1
    assert deliveries(database)[0].state == "done"


def test_a_receipt_that_overtakes_our_own_record_is_not_set_back_by_it(
    database, clock, lane, queue
):
    ids = queue()
    assert claim(database, lane, "sms", clock.now(), 10) == ids
    (out,) = submit(database, lane, ids, SENDER, clock.now())
    record(database, clock, [lane], [Report("SM1", out.public_id, "delivered")])
    record(database, clock, [lane], [Report("SM1", out.public_id, "submitted")])
    assert attempts(database)[0].state == "delivered"


def test_a_double_or_unknown_receipt_is_calm(database, clock, lane, dispatcher, queue):
    queue()
    send(dispatcher)
    (attempt,) = attempts(database)
    assert report(database, clock, lane, attempt, "sent") == [True]
    assert report(database, clock, lane, attempt, "sent") == [True]
    unknown = [Report("SM9", "h_nobody", "sent"), Report("SM9", None, "sent")]
    assert record(database, clock, [lane], unknown) == [False, False]


def test_a_lease_whose_worker_is_gone_comes_back(database, clock, lane, queue):
    queue(3)
    assert len(claim(database, lane, "sms", clock.now(), 10)) == 3
    assert claim(database, lane, "sms", clock.now(), 10) == []
    clock.advance(timedelta(minutes=11))
    settle.tidy(database, clock, lane)
    assert len(claim(database, lane, "sms", clock.now(), 10)) == 3


@pytest.mark.parametrize("scope", ["everything", "channel:sms"])
def test_s32_a_kill_switch_holds_what_waits_and_what_is_leased(
    database, clock, lane, gateway, dispatcher, queue, scope
):
    ids = queue(5)
    leased = claim(database, lane, "sms", clock.now(), 2)
    switches.stop(database, clock, scope, reason="test", by="tester")
    assert submit(database, lane, leased, SENDER, clock.now()) == []
    send(dispatcher)
    assert gateway.sms == []
    switches.go_on(database, clock, scope, reason="test", by="tester")
    send(dispatcher)
    assert len(gateway.sms) == len(ids)


def test_a_suspended_account_stops_everything_and_loses_nothing(
    database, gateway, dispatcher, queue, clock
):
    queue(2)
    gateway.script(Rejected("30002", ErrorClass.SUSPENDED), Rejected("30002", ErrorClass.SUSPENDED))
    send(dispatcher)
    assert [s.scope for s in switches.list_on(database)] == ["everything"]
    assert {row.state for row in deliveries(database)} == {"pending"}


def test_s9_what_comes_too_late_is_dropped_and_a_person_is_told(
    database, clock, lane, gateway, dispatcher, queue
):
    queue(hours=0.05)
    clock.advance(timedelta(minutes=5))
    send(dispatcher)
    (row,) = deliveries(database)
    assert (row.state, row.reason, gateway.sms) == ("expired", "too_late", [])
