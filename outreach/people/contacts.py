"""Finds a contact by number, and keeps what the person told us themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from outreach.kernel.sealing import Vault
from outreach.people import queries


@dataclass(frozen=True)
class ContactView:
    """What other features may know of a contact. `zone` is where they are."""

    id: int
    language: str
    consent: str
    zone: str


def find_by_number(connection: Connection, vault: Vault, number: str) -> ContactView | None:
    """The contact with `number` (E.164), or None."""
    return find_by_numbers(connection, vault, {number}).get(number)


def find_by_numbers(
    connection: Connection, vault: Vault, numbers: Collection[str]
) -> dict[str, ContactView]:
    """The contacts with these numbers (E.164), each under its own."""
    by_key = {key: number for number in numbers for key in vault.lookups(number)}
    return {
        by_key[row.number_key]: ContactView(row.id, row.language, row.consent, row.timezone)
        for row in queries.contacts_by_key(connection, by_key)
    }


def number_of(connection: Connection, vault: Vault, contact_id: int) -> str | None:
    """A contact's number in E.164, or None where there is no such contact (any more)."""
    row = queries.contact(connection, contact_id)
    return vault.unseal(row.number_sealed) if row and row.number_sealed else None


def set_language(connection: Connection, contact_id: int, language: str, now: datetime) -> None:
    """Keeps the language that the person chose; no later list changes it."""
    queries.hold(connection, alone=False)
    row = queries.lock_contact(connection, contact_id)
    if row is None:
        return
    own = sorted({*row.own_words, "language"})
    queries.set_contacts(
        connection,
        [{"b_id": contact_id, "language": language, "own_words": own, "updated_at": now}],
    )
