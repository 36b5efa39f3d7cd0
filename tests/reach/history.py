"""Histories that really happen: facts as the pipeline writes them, from legal moves only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from outreach.store.ledger import Fact

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PROVINCES = ("01", "02", "17")
# What may follow what; the last word is where an attempt may rest.
_SMS = {
    "submitting": ("submitted", "sent", "errored", "unknown"),
    "submitted": ("sent", "delivered", "failed", "unknown"),
    "sent": ("delivered", "failed", "unknown"),
    "unknown": ("failed", "delivered"),
    "failed": ("delivered",),
    "errored": ("delivered",),
}
_CALL = {
    "submitting": ("submitted", "errored"),
    "submitted": ("ringing", "busy", "no_answer", "answered", "completed"),
    "ringing": ("answered", "no_answer", "completed"),
    "answered": ("completed", "unknown"),
}
CONTACTS = st.integers(1, 6)
_NOT_TAKEN = ("errored", "failed", "unknown")


def consent(contact: int, state: str, at: datetime) -> Fact:
    """A step of consent."""
    return Fact("consent", at, contact_id=contact, detail=state, **_who(contact))


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Facts of a few contacts over a few days, in the order of their writing."""
    facts: list[Fact] = []
    for attempt in range(draw(st.integers(0, 12))):
        facts += draw(attempts(attempt))
    for contact in draw(st.lists(st.integers(1, 6), max_size=8)):
        at = START + timedelta(hours=draw(st.integers(0, 72)))
        facts.append(consent(contact, draw(st.sampled_from(["consented", "opted_out"])), at))
    for how in draw(st.lists(st.sampled_from(("join_code", "missed_call", "staff")), max_size=3)):
        facts.append(Fact("community.joined", START, contact_id=draw(CONTACTS), detail=how))
    return sorted([*facts, *draw(links())], key=lambda fact: fact.at)


@st.composite
def links(draw: st.DrawFn) -> list[Fact]:
    """Numbers that become one person's, and no longer."""
    facts: list[Fact] = []
    person_of: dict[int, str] = {}
    for hours in sorted(draw(st.lists(st.integers(0, 72), max_size=6))):
        at, contact = START + timedelta(hours=hours), draw(st.integers(1, 6))
        person = draw(st.sampled_from(["", "1", "2"]))
        if old := person_of.pop(contact, ""):
            facts.append(Fact("person.unlinked", at, contact_id=contact, detail=old))
        if person:
            person_of[contact] = person
            facts.append(Fact("person.linked", at, contact_id=contact, detail=person))
    return facts


@st.composite
def attempts(draw: st.DrawFn, attempt: int) -> list[Fact]:
    """One attempt's facts."""
    channel = draw(st.sampled_from(["sms", "voice"]))
    contact = draw(st.integers(1, 6))
    at = START + timedelta(hours=draw(st.integers(0, 72)))
    moves = _SMS if channel == "sms" else _CALL
    base: dict[str, Any] = {
        "contact_id": contact,
        "campaign_id": draw(st.integers(1, 2)),
        "attempt_id": attempt,
        "channel": channel,
        **_who(contact),
    }
    state, facts = "submitting", []
    for _ in range(draw(st.integers(1, 5))):
        if state not in moves:
            break
        before, state = state, draw(st.sampled_from(moves[state]))
        at += timedelta(seconds=draw(st.integers(1, 40_000)))
        if before == "submitting" and state not in _NOT_TAKEN:
            parts = 2 if channel == "sms" else 0
            more = {"amount": parts, "cost_micro": 35_000 * parts, "currency": "USD"}
            facts.append(Fact("attempt.accepted", at, **base, **more))
        facts.append(Fact(f"attempt.{state}", at, detail=before, **base))
        if state == "completed":
            heard = draw(st.integers(0, 20))
            share = "listened" if heard >= 15 else "partial"
            facts.append(Fact("call.heard", at, detail=share, amount=heard, **base))
            kinds = ("call.passed", "call.pressed", "quiz.before", "quiz.after", "language.changed")
            for kind in draw(st.lists(st.sampled_from(kinds), max_size=2)):
                facts.append(Fact(kind, at, **base))
    return facts


def _who(contact: int) -> dict[str, str]:
    return {"province": PROVINCES[contact % 3], "sex": ("female", "male")[contact % 2]}
