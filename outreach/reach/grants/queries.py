"""The SQL of grants; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.reach.grants.tables import GrantVersion
from outreach.store.dialect import locked
from outreach.store.types import table_of

VERSIONS = table_of(GrantVersion)


def versions(connection: Connection, slug: str | None = None) -> Sequence[Row[Any]]:
    """Every version of a grant, of all where None, the oldest first; locked until the end."""
    query = select(VERSIONS).order_by(VERSIONS.c.slug, VERSIONS.c.version)
    if slug is not None:
        query = query.where(VERSIONS.c.slug == slug)
    return connection.execute(query).all()


def lock(connection: Connection) -> None:
    """Nobody else adds a version until the transaction ends."""
    connection.execute(locked(connection, select(VERSIONS.c.id)))


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a version."""
    connection.execute(VERSIONS.insert().values(row))
