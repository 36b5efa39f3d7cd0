"""STOP and START: at once, for everybody, known to us or not (S14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.consenting import step
from outreach.people.rules.consent import Event
from outreach.people.rules.row import Evidence


def opt_out(
    connection: Connection, vault: Vault, number: str, *, at: datetime, source: str
) -> None:
    """Records that `number` (E.164) said STOP. Saying it twice changes nothing."""
    keys = vault.lookups(number)
    queries.hold(connection, alone=False)
    queries.hold_number(connection, keys)
    if queries.opted_out(connection, keys):
        return
    step(connection, vault, number, Event.STOP, at=at, source=source)
    queries.put_opt_out(connection, keys[0], source, at)


def start(
    connection: Connection,
    vault: Vault,
    number: str,
    *,
    at: datetime,
    source: str,
    evidence: Evidence | None = None,
    language: str = "",
) -> int | None:
    """Records that `number` said START (or that staff wrote down why it is undone): a stranger
    registers themselves, in `language`. Returns the contact's id."""
    adds = {"language": language} if language else {}
    contact = step(
        connection, vault, number, Event.START, at=at, source=source, evidence=evidence, adds=adds
    )
    queries.end_opt_out(connection, vault.lookups(number), at)
    return contact
