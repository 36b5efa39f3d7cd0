"""The SQL of saved audiences; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from outreach.kernel.ids import public_id
from outreach.people.tables import Community
from outreach.planning.tables import Audience, Campaign
from outreach.store import dialect
from outreach.store.types import table_of

AUDIENCES = table_of(Audience)
_CAMPAIGNS = table_of(Campaign)
_COMMUNITIES = table_of(Community)


def by_slug(connection: Connection, slug: str) -> Row[Any] | None:
    """A saved audience by its name."""
    return connection.execute(select(AUDIENCES).where(AUDIENCES.c.slug == slug)).first()


def locked_by_slug(connection: Connection, slug: str) -> Row[Any] | None:
    """The same, locked until the transaction ends."""
    query = select(AUDIENCES).where(AUDIENCES.c.slug == slug)
    return connection.execute(dialect.locked(connection, query)).first()


def all_saved(connection: Connection) -> Sequence[Row[Any]]:
    """All saved audiences, by name."""
    return connection.execute(select(AUDIENCES).order_by(AUDIENCES.c.slug)).all()


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Saves a new one."""
    connection.execute(AUDIENCES.insert().values(public_id=public_id("au"), **row))


def change(connection: Connection, audience_id: int, row: Mapping[str, Any]) -> None:
    """Changes what is saved."""
    connection.execute(update(AUDIENCES).where(AUDIENCES.c.id == audience_id).values(row))


def remove(connection: Connection, audience_id: int) -> None:
    """Deletes one."""
    connection.execute(delete(AUDIENCES).where(AUDIENCES.c.id == audience_id))


def users(connection: Connection, slug: str) -> Sequence[Row[Any]]:
    """The campaigns that were loaded with a saved audience, with the rule as they took it."""
    c = _CAMPAIGNS.c
    columns: tuple[ColumnElement[Any], ...] = (c.slug, c.audience)
    query = select(*columns).where(c.audience_name == slug)
    return connection.execute(query.order_by(c.slug)).all()


def campaign_names(connection: Connection) -> Sequence[Row[Any]]:
    """All campaigns by folder and name."""
    c = _CAMPAIGNS.c
    columns: tuple[ColumnElement[Any], ...] = (c.slug, c.name_km, c.name_en)
    return connection.execute(select(*columns).order_by(c.slug)).all()


def communities(connection: Connection, written: Collection[str]) -> Sequence[Row[Any]]:
    """Communities by public id or join code (in capitals)."""
    g = _COMMUNITIES.c
    columns: tuple[ColumnElement[Any], ...] = (g.public_id, g.join_code, g.name_km, g.name_en)
    query = select(*columns).where(g.public_id.in_(written) | g.join_code.in_(written))
    return connection.execute(query.order_by(g.join_code)).all()
