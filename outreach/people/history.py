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
from outreach.store.ledger import Fact, append


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
    queries.add_events(connection, [_event(step, at) for step in steps])
    tell(connection, steps, at)


def tell(connection: Connection, steps: Sequence[Step], at: datetime) -> None:
    """Records `steps` for reach alone: facts without a number or its fingerprint."""
    append(
        connection,
        [
            Fact(
                kind="consent",
                at=at,
                contact_id=step.contact_id,
                detail=step.after,
                **{name: step.person.get(name, NOT_ASKED) for name in PERSONAL},
            )
            for step in steps
        ],
    )


def _event(step: Step, at: datetime) -> dict[str, Any]:
    evidence = step.evidence or Evidence("", "", "")
    return {
        "contact_id": step.contact_id,
        "number_key": step.number_key,
        "before": step.before or "",
        "after": step.after,
        "source": step.source,
        "how": evidence.how,
        "wording": evidence.wording,
        "language": step.person.get("language", ""),
        "given_on": evidence.given_on,
        "at": at,
    }
