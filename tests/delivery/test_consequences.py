"""What an error leads to: every class and every code is defined."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outreach.delivery import switches
from outreach.delivery.outcomes import of_answer, of_report
from outreach.delivery.rules.consequences import Again, Stops, after
from outreach.gateways.ports import ErrorClass, Rejected, Report
from outreach.gateways.twilio.errors import ERRORS, THROTTLED, classify
from tests.delivery.rows import attempts, deliveries

C = ErrorClass


@pytest.mark.parametrize("klass", [*ErrorClass, "", None])
def test_every_class_of_error_has_a_consequence(klass: ErrorClass | None) -> None:
    found = after(klass)
    assert found.counts == (found.again is not Again.KEEPS_ITS_TURN)
    # What stops anything is told to a person, and what waits for a person keeps its turn.
    assert found.told or found.stops is Stops.NOTHING
    assert (found.again is Again.KEEPS_ITS_TURN) == (found.stops is not Stops.NOTHING)


def test_no_code_is_both_an_error_and_a_request_to_wait() -> None:
    assert THROTTLED.isdisjoint(ERRORS)
    assert {"20429"} == THROTTLED


@pytest.mark.parametrize("code", ["99999", "S9999", "soon"])
def test_a_code_without_a_row_is_tried_a_little_and_told(code: str) -> None:
    assert classify(code) is C.UNKNOWN
    assert (after(C.UNKNOWN).again, after(C.UNKNOWN).told) == (Again.A_LITTLE, True)


@pytest.mark.parametrize("klass", [k for k in ErrorClass if k is not C.MAY_DUPLICATE])
def test_an_answer_and_a_receipt_with_the_same_error_mean_the_same(klass: ErrorClass) -> None:
    answer = of_answer(1, Rejected("1", klass))
    receipt = of_report(1, Report("SM1", "b_1", "failed", error_code="1", klass=klass))
    assert answer
    assert (answer.state, answer.again_after) == (receipt.state, receipt.again_after)


def test_what_may_have_been_sent_is_uncertain_as_an_answer_and_final_as_a_receipt() -> None:
    assert of_answer(1, Rejected("20500", C.MAY_DUPLICATE)) is None
    report = Report("SM1", "b_1", "failed", error_code="30410", klass=C.MAY_DUPLICATE)
    assert of_report(1, report).state == "failed"


def test_an_unknown_handset_is_tried_once_more_and_no_more(
    database, clock, gateway, dispatcher, queue
) -> None:
    queue()
    for _ in range(4):
        gateway.script(Rejected("30005", C.RETRY_LITTLE))
        asyncio.run(dispatcher.drain())
        clock.advance(timedelta(hours=12))
    assert len(attempts(database)) == 2
    assert (deliveries(database)[0].state, deliveries(database)[0].reason) == ("failed", "30005")


def test_a_wrong_setting_stops_its_channel_and_costs_nobody_a_try(
    database, gateway, dispatcher, queue
) -> None:
    queue()
    gateway.script(Rejected("21606", C.CONFIGURATION))
    asyncio.run(dispatcher.drain())
    assert [s.scope for s in switches.list_on(database)] == ["channel:sms"]
    assert (deliveries(database)[0].state, deliveries(database)[0].attempts) == ("pending", 0)
