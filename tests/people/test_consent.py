"""Consent: a list is none, nothing but START undoes STOP, every pair is defined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.people.rules.consent import Consent, Event, after


@pytest.mark.parametrize("state", [None, *Consent])
@pytest.mark.parametrize("event", Event)
def test_every_pair_of_state_and_event_is_defined(state: Consent | None, event: Event) -> None:
    assert after(state, event) in Consent


def test_s13_a_list_is_not_consent() -> None:
    assert after(None, Event.LIST) is Consent.LISTED
    assert after(Consent.LISTED, Event.INVITE) is Consent.INVITED
    assert after(Consent.INVITED, Event.LIST) is Consent.INVITED


def test_s12_evidence_makes_a_listed_person_consent() -> None:
    assert after(Consent.LISTED, Event.EVIDENCE) is Consent.CONSENTED


_KEEPS_STOP = [event for event in Event if event not in (Event.START, Event.FORGET)]


@pytest.mark.parametrize("event", _KEEPS_STOP)
def test_s14_nothing_but_start_undoes_stop(event: Event) -> None:
    assert after(Consent.OPTED_OUT, event) is Consent.OPTED_OUT


@given(st.lists(st.sampled_from(_KEEPS_STOP)))
def test_s14_after_stop_no_history_without_start_leads_back(events: list[Event]) -> None:
    state: Consent | None = after(None, Event.STOP)
    for event in events:
        state = after(state, event)
    assert state is Consent.OPTED_OUT


def test_s14_start_undoes_stop() -> None:
    assert after(Consent.OPTED_OUT, Event.START) is Consent.CONSENTED


@pytest.mark.parametrize("event", Event)
def test_s24_nothing_revives_the_empty_row_of_somebody_forgotten(event: Event) -> None:
    assert after(Consent.FORGOTTEN, event) is Consent.FORGOTTEN


def test_whoever_declined_is_not_made_to_consent_by_a_list() -> None:
    assert after(Consent.DECLINED, Event.EVIDENCE) is Consent.DECLINED
