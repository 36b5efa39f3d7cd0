"""STOP and START: at once, for everybody, known to us or not (S14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.history import Step, note
from outreach.people.rules.consent import Consent, Event, after


def opt_out(
    connection: Connection, vault: Vault, number: str, *, at: datetime, source: str
) -> None:
    """Records that `number` (E.164) said STOP. Saying it twice changes nothing."""
    queries.hold(connection, alone=False)
    key = vault.lookup(number)
    if queries.opted_out(connection, vault.lookups(number)):
        return
    queries.put_opt_out(connection, key, source, at)
    _step(connection, vault, number, Event.STOP, at, source)


def end_opt_out(
    connection: Connection, vault: Vault, number: str, *, at: datetime, source: str
) -> None:
    """Records that `number` said START (or that staff wrote down why it is undone)."""
    queries.hold(connection, alone=False)
    queries.end_opt_out(connection, vault.lookups(number), at)
    _step(connection, vault, number, Event.START, at, source)


def _step(
    connection: Connection, vault: Vault, number: str, event: Event, at: datetime, source: str
) -> None:
    found = queries.lock_by_key(connection, vault.lookups(number))
    if not found:
        if event is Event.STOP:
            stranger = Step(None, vault.lookup(number), None, Consent.OPTED_OUT, source, {})
            note(connection, [stranger], at)
        return
    for row in found:
        before = Consent(row.consent)
        now = after(before, event)
        if now is before:
            continue
        queries.set_contacts(connection, [{"b_id": row.id, "consent": now, "updated_at": at}])
        step = Step(row.id, row.number_key, before, now, source, dict(row._mapping))
        note(connection, [step], at)
