"""STOP and START: at once, for everybody, known to us or not (S14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.consenting import step, step_of
from outreach.people.rules.consent import Consent, Event
from outreach.people.rules.row import Evidence

# What `queries.bury` leaves of who is forgotten.
_FORGOTTEN, _DAY = "forgotten", timedelta(days=1)


def opt_out(
    connection: Connection, vault: Vault, number: str, *, at: datetime, source: str
) -> None:
    """Records that `number` (E.164) said STOP. Saying it twice changes nothing."""
    _opt_out(connection, vault.lookups(number), at, source)


def opt_out_contact(connection: Connection, contact_id: int, *, at: datetime, source: str) -> None:
    """The same for a contact. Their number is not opened, so a STOP holds even while a sealing key
    is missing."""
    row = queries.contact(connection, contact_id)
    if row is not None and row.consent != Consent.FORGOTTEN:
        _opt_out(connection, [row.number_key], at, source)


def _opt_out(connection: Connection, keys: Sequence[bytes], at: datetime, source: str) -> None:
    queries.hold(connection, alone=False)
    queries.hold_number(connection, keys)
    if queries.opted_out(connection, keys):
        return
    step_of(connection, keys, Event.STOP, at=at, source=source)
    queries.put_opt_out(connection, keys[0], source, at)


def stopped_since(
    connection: Connection, vault: Vault, number: str, at: datetime, *, by_text: bool
) -> bool:
    """Whether `number` said a STOP that holds after `at`: by a key in a call, to the gateway, to
    staff, and `by_text` if that counts."""
    but = {_FORGOTTEN} if by_text else {_FORGOTTEN, "sms"}
    stops = _holding(connection, vault, number)
    return any(stop.at > at and stop.source not in but for stop in stops)


def ended_since(connection: Connection, vault: Vault, number: str, at: datetime) -> bool:
    """Whether it came to be known after `at` that `number` is another person's, said no, or is to
    be forgotten; of that last the day alone is kept, and all of it counts."""
    stops = _holding(connection, vault, number)
    return any(s.source == _FORGOTTEN and s.at + _DAY > at for s in stops) or any(
        event.at > at and event.after in (Consent.LAPSED, Consent.DECLINED)
        for event in queries.events(connection, vault.lookups(number))
    )


def _holding(connection: Connection, vault: Vault, number: str) -> list[Row[Any]]:
    stops = queries.opt_outs(connection, vault.lookups(number))
    return [stop for stop in stops if stop.ended_at is None]


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
