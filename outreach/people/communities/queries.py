"""The SQL of communities; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from outreach.people.queries import CONTACTS
from outreach.people.tables import Community, Membership
from outreach.store.dialect import insert
from outreach.store.types import table_of

COMMUNITIES = table_of(Community)
MEMBERSHIPS = table_of(Membership)


def add(connection: Connection, row: Mapping[str, Any]) -> int | None:
    """Adds a community; None if its join code or join number is taken."""
    statement = insert(connection, COMMUNITIES).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(COMMUNITIES.c.id)).scalar()


def change(connection: Connection, community_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of a community."""
    statement = update(COMMUNITIES).where(COMMUNITIES.c.id == community_id)
    connection.execute(statement.values(values))


def by_name(connection: Connection, names: Collection[str]) -> Sequence[Row[Any]]:
    """Communities whose join code or public id is among `names`, archived ones too."""
    c = COMMUNITIES.c
    query = select(COMMUNITIES).where(or_(c.join_code.in_(names), c.public_id.in_(names)))
    return connection.execute(query).all()


def by_place(connection: Connection, kind: str, place: str) -> Row[Any] | None:
    """The community that a place is, if it is one and not archived."""
    c = COMMUNITIES.c
    query = select(COMMUNITIES).where(c.place == place, c.kind == kind, c.archived_at.is_(None))
    return connection.execute(query).first()


def by_code(connection: Connection, code: str) -> Row[Any] | None:
    """The community that `code` joins; none that is archived."""
    c = COMMUNITIES.c
    query = select(COMMUNITIES).where(c.join_code == code, c.archived_at.is_(None))
    return connection.execute(query).first()


def by_number(connection: Connection, number: str) -> Row[Any] | None:
    """The community that a call to `number` (E.164, ours) joins; none that is archived."""
    c = COMMUNITIES.c
    query = select(COMMUNITIES).where(c.join_number == number, c.archived_at.is_(None))
    return connection.execute(query).first()


def join_numbers(connection: Connection) -> Sequence[str]:
    """The numbers to which a call joins, E.164."""
    number = COMMUNITIES.c.join_number
    query = select(number).where(number.is_not(None), COMMUNITIES.c.archived_at.is_(None))
    return connection.execute(query.order_by(number)).scalars().all()


def find(connection: Connection, *, kind: str, within: str, archived: bool) -> Sequence[Row[Any]]:
    """Communities by kind ("" for all) and place, its own or one that lies in it."""
    c = COMMUNITIES.c
    query = select(COMMUNITIES).order_by(c.place, c.id)
    if kind:
        query = query.where(c.kind == kind)
    if within:
        query = query.where(c.place.startswith(within, autoescape=True))
    if not archived:
        query = query.where(c.archived_at.is_(None))
    return connection.execute(query).all()


def with_focal(connection: Connection) -> Sequence[Row[Any]]:
    """Communities that are asked through somebody, archived ones too."""
    query = select(COMMUNITIES).where(COMMUNITIES.c.focal_sealed.is_not(None))
    return connection.execute(query.order_by(COMMUNITIES.c.id)).all()


def member_counts(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Present members of communities by state of consent."""
    m, c = MEMBERSHIPS.c, CONTACTS.c
    query = (
        select(m.community_id, c.consent, func.count().label("number"))
        .join(CONTACTS, c.id == m.contact_id)
        .where(m.community_id.in_(ids), m.left_at.is_(None))
        .group_by(m.community_id, c.consent)
    )
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.community_id, {})[row.consent] = row.number
    return found


def put_members(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Adds members (community_id, contact_id, how, at), or brings back who had left; returns how
    many are new or back. Whoever is in stays as they came."""
    if not rows:
        return 0
    statement = insert(connection, MEMBERSHIPS).values(list(rows))
    fresh = {name: statement.excluded[name] for name in ("how", "at")} | {"left_at": None}
    done = statement.on_conflict_do_update(
        index_elements=["community_id", "contact_id"],
        set_=fresh,
        where=MEMBERSHIPS.c.left_at.is_not(None),
    )
    return len(connection.execute(done.returning(MEMBERSHIPS.c.id)).all())


def end_memberships(
    connection: Connection, contact_id: int, at: datetime, community_id: int | None = None
) -> int:
    """Ends the memberships of a contact, or one of them; returns how many there were."""
    m = MEMBERSHIPS.c
    statement = update(MEMBERSHIPS).where(m.contact_id == contact_id, m.left_at.is_(None))
    if community_id is not None:
        statement = statement.where(m.community_id == community_id)
    return connection.execute(statement.values(left_at=at)).rowcount


def delete_memberships(connection: Connection, contact_id: int) -> None:
    """Deletes where a contact belonged: they asked to be forgotten."""
    connection.execute(delete(MEMBERSHIPS).where(MEMBERSHIPS.c.contact_id == contact_id))


def memberships(connection: Connection, contact_id: int) -> Sequence[Any]:
    """The communities that a contact is or was in, oldest first."""
    m, c = MEMBERSHIPS.c, COMMUNITIES.c
    query = (
        select(c.public_id, c.kind, c.name_km, c.name_en, m.how, m.at, m.left_at)
        .join(COMMUNITIES, c.id == m.community_id)
        .where(m.contact_id == contact_id)
        .order_by(m.id)
    )
    return connection.execute(query).all()
