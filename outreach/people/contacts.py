"""Finds a contact by number, and keeps what the person told us themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.store.gathered import Question


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
    asked = asking(connection, vault, numbers)
    return found(vault, numbers, asked.all(connection))


def asking(connection: Connection, vault: Vault, numbers: Iterable[str]) -> Question:
    """The same as a question, whose answer is for `found`."""
    return queries.views(connection, _by_key(vault, numbers))


def found(vault: Vault, numbers: Iterable[str], rows: Sequence[Any]) -> dict[str, ContactView]:
    """The contacts among `rows`, each under its own number."""
    by_key = _by_key(vault, numbers)
    return {
        by_key[row.number_key]: ContactView(row.id, row.language, row.consent, row.timezone)
        for row in rows
    }


def _by_key(vault: Vault, numbers: Iterable[str]) -> dict[bytes, str]:
    return {key: number for number in numbers for key in vault.lookups(number)}


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
