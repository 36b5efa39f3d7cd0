"""Moves one person's consent by what they said, or by what staff wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.enrolment import BLANK
from outreach.people.history import Step, note
from outreach.people.rules.consent import Consent, Event, after
from outreach.people.rules.days import local_day
from outreach.people.rules.numbers import Number, parse_number
from outreach.people.rules.row import Evidence


def on_day(how: str, at: datetime, wording: str) -> Evidence:
    """The evidence of what somebody did themselves at `at`, dated by the local day."""
    return Evidence(how, local_day(at).isoformat(), wording)


def step(
    connection: Connection,
    vault: Vault,
    number: str,
    event: Event,
    *,
    at: datetime,
    source: str,
    evidence: Evidence | None = None,
    adds: Mapping[str, str] | None = None,
) -> int | None:
    """Applies `event` to `number` (E.164), and returns the contact's id, or None for a stranger.

    With `adds`, a stranger becomes a contact with these columns. Consent that stays as it was
    leaves no step behind.
    """
    queries.hold(connection, alone=False)
    keys = vault.lookups(number)
    queries.hold_number(connection, keys)
    if adds is not None and isinstance(parsed := parse_number(number), Number):
        rows = queries.lock_by_key(connection, keys)
        if not rows:
            stopped = bool(queries.opted_out(connection, keys))
            before = Consent.OPTED_OUT if stopped else None
            now = after(before, event)
            person = BLANK | dict(adds)
            new = queries.add_contact(connection, _row(vault, parsed, person, now, at))
            if new is not None:
                note(connection, [Step(new, keys[0], before, now, source, person, evidence)], at)
                return new
            # Else somebody else took the number up in this very moment.
    return step_of(connection, keys, event, at=at, source=source, evidence=evidence)


def step_of(
    connection: Connection,
    keys: Sequence[bytes],
    event: Event,
    *,
    at: datetime,
    source: str,
    evidence: Evidence | None = None,
) -> int | None:
    """The same for the number with the fingerprints `keys`, which the caller holds; nothing has to
    be unsealed for it."""
    stopped = bool(queries.opted_out(connection, keys))
    rows = queries.lock_by_key(connection, keys)
    if not rows and event is Event.STOP:
        note(connection, [Step(None, keys[0], None, Consent.OPTED_OUT, source, {})], at)
    for row in rows:
        before = Consent.OPTED_OUT if stopped else Consent(row.consent)
        _move(connection, row, before, after(before, event), source, evidence, at)
    return rows[0].id if rows else None


def _move(
    connection: Connection,
    row: Row[Any],
    before: Consent,
    now: Consent,
    source: str,
    evidence: Evidence | None,
    at: datetime,
) -> None:
    if now != row.consent:
        queries.set_contacts(connection, [{"b_id": row.id, "consent": now, "updated_at": at}])
        moved = Step(row.id, row.number_key, before, now, source, dict(row._mapping), evidence)
        note(connection, [moved], at)


def _row(
    vault: Vault, number: Number, person: Mapping[str, str], consent: Consent, at: datetime
) -> dict[str, object]:
    return dict(person) | {
        "public_id": public_id("co"),
        "number_key": vault.lookup(number.e164),
        "number_sealed": vault.seal(number.e164),
        "consent": consent,
        "timezone": number.zone,
        "operator_hint": number.operator_hint,
        "own_words": [],
        "created_at": at,
        "updated_at": at,
    }
