"""A figure's explanation adds up to the figure, and names nobody."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from outreach.kernel.errors import BadInput
from outreach.reach import fold as folding
from outreach.reach.explain import FIGURES, Line, explain
from outreach.reach.report import report
from outreach.store.ledger import Fact
from tests.reach.history import START, consent, histories
from tests.reach.test_fold import memory, write

SUMS = {"submitted", "delivered", "exposures", "listened_calls", "parts"}
DAYS = st.one_of(st.none(), st.integers(0, 4).map(lambda n: START.date() + timedelta(days=n)))


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from(FIGURES), st.one_of(st.none(), st.integers(1, 2)), DAYS, DAYS)
def test_what_counts_for_a_figure_makes_it(
    facts: list[Fact], figure: str, campaign: int | None, since: date | None, until: date | None
) -> None:
    with memory() as engine:
        write(engine, facts)
        folding.fold(engine)
        asked = {"campaign_id": campaign, "since": since, "until": until}
        found = explain(engine, figure, **asked)
        assert found.value == getattr(report(engine, **asked), figure)
    counted = sum(line.facts for line in found.lines if not line.takes_back)
    assert (found.value == 0) or counted
    if figure in SUMS:
        assert sum(line.number or 0 for line in found.lines) == found.value
    elif not any(line.takes_back for line in found.lines):
        assert (found.value > 0) == (counted > 0)
        assert found.value <= counted


def test_every_fact_is_on_the_line_of_its_rule(database: Engine) -> None:
    base = {"campaign_id": 1, "channel": "voice"}
    for contact, seconds in ((1, 9), (1, 10), (2, 30)):
        share = "listened" if seconds == 30 else "partial"
        heard = Fact("call.heard", START, contact_id=contact, detail=share, amount=seconds, **base)
        write(database, [heard])
    sms = {"contact_id": 2, "campaign_id": 1, "attempt_id": 1, "channel": "sms"}
    write(database, [Fact("attempt.unknown", START, detail="sent", **sms)])
    write(database, [Fact("attempt.delivered", START, detail="unknown", **sms)])
    write(database, [consent(1, "consented", START), consent(1, "opted_out", START)])
    folding.fold(database)
    reached = explain(database, "reached")
    assert reached.value == 2
    assert reached.lines == [
        Line("attempt.delivered", "unknown", "sms", takes_back=False, facts=1, number=None),
        Line("call.heard", "listened", "voice", takes_back=False, facts=1, number=None),
        Line("call.heard", "partial", "voice", takes_back=False, facts=1, number=None),
    ]
    for attempt in (2, 3):
        taken = sms | {"attempt_id": attempt, "amount": 2}
        write(database, [Fact("attempt.accepted", START, **taken)])
    folding.fold(database)
    assert explain(database, "parts").lines == [
        Line("attempt.accepted", "", "sms", takes_back=False, facts=2, number=4)
    ]
    unknown = explain(database, "unknown")
    assert (unknown.value, [line.takes_back for line in unknown.lines]) == (0, [True, False])
    # Consent lasts from before the period, and is no campaign's.
    later = START.date() + timedelta(days=9)
    registered = explain(database, "registered", campaign_id=7, since=later)
    assert [line.facts for line in registered.lines] == [1, 1]
    assert "contact_id" not in json.dumps(asdict(reached), default=str)


def test_what_is_not_folded_yet_is_in_neither_the_figure_nor_its_explanation(
    database: Engine,
) -> None:
    write(database, [Fact("delivery.suppressed", START, detail="no_consent")])
    folding.fold(database)
    write(database, [consent(1, "consented", START)])
    found = explain(database, "registered")
    assert (found.value, found.lines) == (0, [])


@pytest.mark.parametrize("figure", ["help", "conversations", "nonsense", ""])
def test_s27_help_is_not_explained(database: Engine, figure: str) -> None:
    with pytest.raises(BadInput, match="no figure"):
        explain(database, figure)
