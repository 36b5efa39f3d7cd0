"""What the gateway's list says of an attempt whose answer was lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from outreach.delivery.rules.finding import Verdict, body_digest, judge
from outreach.gateways.ports import Found

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Attempt:
    channel: str = "sms"
    sender: str = "Kangea"
    body_digest: str = body_digest("សួស្តី")
    submitting_at: datetime = NOON


OURS = Found("SM1", "sms", "+855381234567", "Kangea", "សួស្តី", NOON, "submitted")


@pytest.mark.parametrize(
    ("found", "used", "minutes", "verdict"),
    [
        ([OURS], set(), 2, (Verdict.FOUND, "SM1")),
        ([], set(), 9, (Verdict.WAIT, "")),
        ([], set(), 10, (Verdict.ABSENT, "")),
        # Another attempt's message is not ours, and no reason to wait.
        ([OURS], {"SM1"}, 10, (Verdict.ABSENT, "")),
        # The gateway changed the text or the sender: it may well be ours.
        ([replace(OURS, body="សួស្តី ")], set(), 10, (Verdict.WAIT, "")),
        ([replace(OURS, body="សួស្តី ")], set(), 60, (Verdict.UNCLEAR, "")),
        ([replace(OURS, sender="+855381280000")], set(), 60, (Verdict.UNCLEAR, "")),
        # A call is no text.
        ([replace(OURS, channel="voice")], set(), 10, (Verdict.ABSENT, "")),
        # Its clock is behind ours, or before it.
        ([replace(OURS, created=NOON - 5 * MINUTE)], set(), 10, (Verdict.FOUND, "SM1")),
        ([replace(OURS, created=NOON + 50 * MINUTE)], set(), 10, (Verdict.FOUND, "SM1")),
    ],
)
def test_verdicts(found, used, minutes, verdict):
    assert judge(Attempt(), found, used, NOON + minutes * MINUTE) == verdict


def test_of_two_alike_the_nearest_in_time_is_ours():
    early = replace(OURS, sid="SM0", created=NOON - 8 * MINUTE)
    assert judge(Attempt(), [early, OURS], set(), NOON + MINUTE) == (Verdict.FOUND, "SM1")


def test_a_call_is_found_by_its_number_and_sender():
    call = replace(OURS, channel="voice", body="")
    attempt = Attempt(channel="voice", body_digest="")
    assert judge(attempt, [call], set(), NOON + MINUTE) == (Verdict.FOUND, "SM1")
