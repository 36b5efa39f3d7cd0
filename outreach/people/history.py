"""Writes each step of consent twice: as a person's history, and as a fact for reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from outreach.kernel.dimensions import NOT_ASKED, PERSONAL
from outreach.people import queries
from outreach.people.rules.consent import Consent
from outreach.people.rules.row import Evidence
from outreach.store.ledger import Fact, append_alike, append_selected


@dataclass(frozen=True)
class Step:
    """Somebody's consent went from `before` to `after`. `person` has the contact's columns as they
    are now, or nothing for a stranger."""

    contact_id: int | None
    number_key: bytes = field(repr=False)
    before: Consent | None
    after: Consent
    source: str
    person: Mapping[str, Any] = field(repr=False)
    evidence: Evidence | None = None


def note(connection: Connection, steps: Sequence[Step], at: datetime) -> None:
    """Records `steps`, in the caller's transaction."""
    queries.add_events(connection, [_event(step) for step in steps], at)
    tell(connection, steps, at)


def begin(
    connection: Connection, ids: Sequence[int], events: Sequence[tuple[Any, ...]], at: datetime
) -> None:
    """Records the first steps of the new contacts `ids`, who are in already: `events` has them as
    `queries.add_events` takes them."""
    queries.add_events(connection, events, at)
    append_selected(connection, Fact("consent", at), queries.as_facts(connection, ids))


def tell(connection: Connection, steps: Sequence[Step], at: datetime) -> None:
    """Records `steps` for reach alone: facts without a number or its fingerprint."""
    rows = [
        (s.contact_id, s.after.value, *(s.person.get(name, NOT_ASKED) for name in PERSONAL))
        for s in steps
    ]
    append_alike(connection, Fact("consent", at), ("contact_id", "detail", *PERSONAL), rows)


def _event(step: Step) -> tuple[Any, ...]:
    before = step.before.value if step.before else ""
    language = step.person.get("language", "")
    told = (step.contact_id, step.number_key, before, step.after.value, step.source, language)
    evidence = step.evidence
    proof = (evidence.how, evidence.wording, evidence.given_on) if evidence else ("", "", "")
    return told + proof
