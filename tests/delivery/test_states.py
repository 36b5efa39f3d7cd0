"""Moves of an attempt: every pair is defined, never backwards, a late success always wins."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from outreach.delivery.rules.states import (
    OPEN,
    RANK,
    SUCCESS,
    AttemptState,
    DeliveryState,
    delivery_after,
    moved,
)

A = AttemptState
states = st.sampled_from(list(AttemptState))


@pytest.mark.parametrize(("now", "reported"), list(itertools.product(AttemptState, repeat=2)))
def test_every_pair_of_state_and_report_is_defined_and_never_goes_back(now, reported):
    after = moved(now, reported)
    assert after in (now, reported)
    assert RANK[after] >= RANK[now]


@pytest.mark.parametrize(
    ("now", "reported", "after"),
    [
        (A.SUBMITTED, A.SENT, A.SENT),
        (A.SENT, A.SUBMITTED, A.SENT),
        (A.DELIVERED, A.SENT, A.DELIVERED),
        (A.DELIVERED, A.FAILED, A.DELIVERED),
        (A.FAILED, A.DELIVERED, A.DELIVERED),
        (A.UNKNOWN, A.DELIVERED, A.DELIVERED),
        (A.UNKNOWN, A.FAILED, A.FAILED),
        (A.FAILED, A.UNKNOWN, A.FAILED),
        (A.SUBMITTING, A.DELIVERED, A.DELIVERED),
        (A.ANSWERED, A.NO_ANSWER, A.ANSWERED),
        (A.ANSWERED, A.COMPLETED, A.COMPLETED),
        (A.RINGING, A.BUSY, A.BUSY),
    ],
)
def test_a_report_moves_an_attempt_only_forward(now, reported, after):
    assert moved(now, reported) is after


@given(st.lists(states, max_size=8), st.randoms())
def test_a_success_among_the_reports_is_the_end_whatever_their_order(reports, rng):
    reports = [*reports, A.DELIVERED]
    rng.shuffle(reports)
    state = A.SUBMITTING
    for report in reports:
        state = moved(state, report)
    # A call that was answered is not an SMS: only an SMS can be delivered.
    assert state in SUCCESS or A.ANSWERED in reports


_OF_AN_ANSWERED_CALL = {*OPEN, A.UNKNOWN, A.COMPLETED}


@given(states, st.lists(states, max_size=6))
def test_the_same_reports_again_change_nothing(start, reports):
    # Of an answered call nothing is said that forgets the answer, like silence, and then denies it.
    assume(A.ANSWERED not in (start, *reports) or _OF_AN_ANSWERED_CALL.issuperset(reports))
    state = start
    for report in reports:
        state = moved(state, report)
    again = state
    for report in reports:
        again = moved(again, report)
    assert RANK[again] == RANK[state]


@pytest.mark.parametrize("attempt", list(AttemptState))
def test_a_delivery_is_open_exactly_while_its_attempt_is_unless_the_call_was_answered(attempt):
    state = delivery_after(attempt)
    assert isinstance(state, DeliveryState)
    assert (state is DeliveryState.TRYING) == (attempt in OPEN and attempt is not A.ANSWERED)
