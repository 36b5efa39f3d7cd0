"""The rules of the moment of sending, in their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.rules.states import DeliveryState
from outreach.planning.rules.admission import RULES, Facts, forbidden

GOOD = Facts(
    canceled=False,
    consent="consented",
    has_words=True,
    may_leave=True,
    corridor_closed=False,
    channel="sms",
    safe_channel="",
    first_try=True,
    tried_before=0,
    forbidden_word=False,
)
# For each rule a breach of it alone.
BREACHES = {
    "canceled": {"canceled": True},
    "opted_out": {"consent": "opted_out"},
    "no_consent": {"consent": "listed"},
    "no_wording": {"has_words": False},
    "not_approved": {"may_leave": False},
    "no_way_back": {"no_way_back": True},
    "closed_corridor": {"corridor_closed": True},
    "safe_contact": {"safe_channel": "voice"},
    "cap": {"tried_before": 2},
    "deny_list": {"forbidden_word": True},
}


def test_whom_no_rule_forbids_is_sent_to() -> None:
    assert forbidden(GOOD) is None
    assert forbidden(GOOD._replace(first_try=False, tried_before=9)) is None
    assert forbidden(GOOD._replace(safe_channel="sms")) is None


def test_every_rule_that_forbids_has_a_breach_here_and_says_so() -> None:
    assert [reason for reason, rule in RULES.items() if rule.applies] == list(BREACHES)
    for reason, breach in BREACHES.items():
        assert forbidden(GOOD._replace(**breach)) == reason


@given(st.sets(st.sampled_from(sorted(set(BREACHES) - {"opted_out"})), min_size=1))
def test_of_several_breaches_the_first_in_the_table_is_told(broken: set[str]) -> None:
    facts = GOOD
    for reason in broken:
        facts = facts._replace(**BREACHES[reason])
    assert forbidden(facts) == next(reason for reason in RULES if reason in broken)


def test_every_rule_leads_to_a_state_of_a_delivery() -> None:
    assert {rule.state for rule in RULES.values()} <= set(DeliveryState)
