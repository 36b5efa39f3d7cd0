"""The SQL of exports; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from outreach.people.communities.queries import COMMUNITIES, MEMBERSHIPS
from outreach.people.queries import CONTACTS
from outreach.people.rules.consent import Consent
from outreach.people.tables import ContactExport
from outreach.store.dialect import locked
from outreach.store.types import table_of

# Which contacts an export is of.
Chosen = ColumnElement[bool]

EXPORTS = table_of(ContactExport)


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a request."""
    connection.execute(EXPORTS.insert().values(row))


def lock(connection: Connection, public_id: str) -> Row[Any] | None:
    """An export, locked until the transaction ends."""
    query = select(EXPORTS).where(EXPORTS.c.public_id == public_id)
    return connection.execute(locked(connection, query)).first()


def change(connection: Connection, export_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of an export."""
    connection.execute(update(EXPORTS).where(EXPORTS.c.id == export_id).values(values))


def exports(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest exports."""
    return connection.execute(select(EXPORTS).order_by(EXPORTS.c.id.desc()).limit(limit)).all()


def members_of(community: str) -> Chosen:
    """Of contacts: being in a community (its public id) now."""
    m, c = MEMBERSHIPS.c, COMMUNITIES.c
    query = (
        select(m.contact_id)
        .join(COMMUNITIES, c.id == m.community_id)
        .where(c.public_id == community, m.left_at.is_(None))
    )
    return CONTACTS.c.id.in_(query)


def contacts(connection: Connection, chosen: Chosen, after: int, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` of the chosen contacts with an id above `after`; only who consents."""
    c = CONTACTS.c
    query = select(CONTACTS).where(c.id > after, c.consent == Consent.CONSENTED, chosen)
    return connection.execute(query.order_by(c.id).limit(limit)).all()
