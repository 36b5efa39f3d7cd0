"""The SQL of safe contact and of linked numbers; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from outreach.people.queries import CONTACTS
from outreach.people.tables import SafeContact
from outreach.store.dialect import insert, locked
from outreach.store.types import table_of

SAFE = table_of(SafeContact)


def safe_contact(connection: Connection, contact_id: int) -> Row[Any] | None:
    """How a contact may be reached, if they set anything."""
    return connection.execute(select(SAFE).where(SAFE.c.contact_id == contact_id)).first()


def put_safe(connection: Connection, row: Mapping[str, Any]) -> None:
    """Sets how a contact may be reached; a whole row."""
    statement = insert(connection, SAFE).values(row)
    fresh = {name: value for name, value in row.items() if name != "contact_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["contact_id"], set_=fresh))


def delete_safe(connection: Connection, contact_id: int) -> int:
    """Deletes what a contact set; returns how many rows there were."""
    return connection.execute(delete(SAFE).where(SAFE.c.contact_id == contact_id)).rowcount


def to_ask_again(connection: Connection, now: datetime, limit: int) -> Sequence[Any]:
    """People whose settings are to be asked again, the longest overdue first."""
    query = (
        select(CONTACTS.c.public_id, CONTACTS.c.number_sealed, SAFE.c.set_at, SAFE.c.ask_again_at)
        .join(SAFE, SAFE.c.contact_id == CONTACTS.c.id)
        .where(SAFE.c.ask_again_at <= now)
        .order_by(SAFE.c.ask_again_at)
        .limit(limit)
    )
    return connection.execute(query).all()


def lock_people(connection: Connection, keys: Collection[bytes]) -> Sequence[Row[Any]]:
    """Contacts of `keys` and every other number of the same persons, locked, in order of ids."""
    c = CONTACTS.c
    persons = select(c.person_id).where(c.number_key.in_(keys), c.person_id.is_not(None))
    query = select(CONTACTS).where(or_(c.number_key.in_(keys), c.person_id.in_(persons)))
    return connection.execute(locked(connection, query.order_by(c.id))).all()


def person(connection: Connection, person_id: int) -> Sequence[Row[Any]]:
    """All numbers of a person, in order of ids."""
    query = select(CONTACTS).where(CONTACTS.c.person_id == person_id)
    return connection.execute(query.order_by(CONTACTS.c.id)).all()


def lock_person(connection: Connection, person_id: int) -> Sequence[Row[Any]]:
    """All numbers of a person, locked, in order of ids."""
    query = select(CONTACTS).where(CONTACTS.c.person_id == person_id).order_by(CONTACTS.c.id)
    return connection.execute(locked(connection, query)).all()


def set_person(connection: Connection, ids: Collection[int], person_id: int | None) -> None:
    """Says whose numbers `ids` are."""
    statement = update(CONTACTS).where(CONTACTS.c.id.in_(ids))
    connection.execute(statement.values(person_id=person_id))
