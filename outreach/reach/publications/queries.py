"""The SQL of publications; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from outreach.reach.publications.tables import (
    ReportAudit,
    ReportKey,
    ReportLink,
    ReportPublication,
)
from outreach.store.dialect import insert
from outreach.store.types import table_of

PUBLICATIONS = table_of(ReportPublication)
LINKS = table_of(ReportLink)
KEYS = table_of(ReportKey)
AUDIT = table_of(ReportAudit)
_REPORT = PUBLICATIONS.c.grant_slug == ""


def newest(connection: Connection, period: str) -> Row[Any] | None:
    """The last edition of a period's report."""
    c = PUBLICATIONS.c
    query = select(PUBLICATIONS).where(_REPORT, c.period == period)
    return connection.execute(query.order_by(c.edition.desc()).limit(1)).first()


def newest_before(connection: Connection, period: str, limit: int) -> Sequence[Row[Any]]:
    """The last editions of up to `limit` periods before a month, oldest first."""
    c = PUBLICATIONS.c
    last = (
        select(c.period, func.max(c.edition).label("edition"))
        .where(_REPORT, c.period < period)
        .group_by(c.period)
        .order_by(c.period.desc())
        .limit(limit)
        .subquery()
    )
    query = select(PUBLICATIONS).join(
        last, (c.period == last.c.period) & (c.edition == last.c.edition)
    )
    return connection.execute(query.where(_REPORT).order_by(c.period)).all()


def months(connection: Connection) -> Sequence[Row[Any]]:
    """Every edition of every month, the first edition first."""
    c = PUBLICATIONS.c
    query = select(PUBLICATIONS).where(_REPORT, c.period.like("____-__"))
    return connection.execute(query.order_by(c.period, c.edition)).all()


def activities(connection: Connection, slug: str | None = None) -> Sequence[Row[Any]]:
    """Every edition of a grant's IATI activity, of all grants where None, the first first."""
    c = PUBLICATIONS.c
    query = select(PUBLICATIONS).where(c.grant_slug == slug if slug is not None else ~_REPORT)
    return connection.execute(query.order_by(c.grant_slug, c.id)).all()


def add(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds a publication; False where somebody was faster with this edition."""
    statement = insert(connection, PUBLICATIONS).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement.returning(PUBLICATIONS.c.id)).first())


def by_public_id(connection: Connection, public_id: str) -> Row[Any] | None:
    """A report."""
    query = select(PUBLICATIONS).where(_REPORT, PUBLICATIONS.c.public_id == public_id)
    return connection.execute(query).first()


def publications(connection: Connection) -> Sequence[Row[Any]]:
    """All reports without their documents, the newest first."""
    columns = [column for column in PUBLICATIONS.c if column.name != "document"]
    query = select(*columns).where(_REPORT).order_by(PUBLICATIONS.c.id.desc())
    return connection.execute(query).all()


def add_link(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a link."""
    connection.execute(LINKS.insert().values(row))


def opened(connection: Connection, token_key: str, now: datetime) -> Any:
    """What the link with this fingerprint opens now: public_id, id and period of its publication,
    and when a later edition was made, if one was."""
    later = PUBLICATIONS.alias()
    c = PUBLICATIONS.c
    as_of = select(func.max(later.c.as_of)).where(
        later.c.period == c.period, later.c.edition > c.edition
    )
    query = (
        select(c.id, c.public_id, c.period, as_of.scalar_subquery().label("later"))
        .join(LINKS, LINKS.c.publication_id == c.id)
        .where(
            LINKS.c.token_key == token_key, LINKS.c.expires_at > now, LINKS.c.revoked_at.is_(None)
        )
    )
    return connection.execute(query).first()


def document(connection: Connection, publication_id: int) -> str:
    """The document of a publication."""
    query = select(PUBLICATIONS.c.document).where(PUBLICATIONS.c.id == publication_id)
    return str(connection.execute(query).scalar_one())


def links(connection: Connection) -> Sequence[Any]:
    """All links with their publication's period, the newest first; never a fingerprint."""
    columns = [column for column in LINKS.c if column.name != "token_key"]
    query = select(*columns, PUBLICATIONS.c.period, PUBLICATIONS.c.public_id.label("report"))
    query = query.join(PUBLICATIONS, PUBLICATIONS.c.id == LINKS.c.publication_id)
    return connection.execute(query.order_by(LINKS.c.id.desc())).all()


def revoke_link(connection: Connection, public_id: str, now: datetime) -> bool:
    """Ends a link; False where there is none, or it has ended."""
    statement = update(LINKS).where(LINKS.c.public_id == public_id, LINKS.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_links(connection: Connection, now: datetime) -> int:
    """Ends all links; returns how many."""
    statement = update(LINKS).where(LINKS.c.revoked_at.is_(None), LINKS.c.expires_at > now)
    return connection.execute(statement.values(revoked_at=now)).rowcount


def add_key(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds a key; False where the name is taken."""
    statement = insert(connection, KEYS).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement.returning(KEYS.c.id)).first())


def opens(connection: Connection, token_key: str, now: datetime) -> bool:
    """Whether the key with this fingerprint is good now."""
    query = select(KEYS.c.id).where(
        KEYS.c.token_key == token_key, KEYS.c.expires_at > now, KEYS.c.revoked_at.is_(None)
    )
    return connection.execute(query).first() is not None


def keys(connection: Connection) -> Sequence[Row[Any]]:
    """All keys by name; never a fingerprint."""
    columns = [column for column in KEYS.c if column.name != "token_key"]
    return connection.execute(select(*columns).order_by(KEYS.c.name)).all()


def revoke_key(connection: Connection, name: str, now: datetime) -> bool:
    """Ends a key; False where there is none, or it has ended."""
    statement = update(KEYS).where(KEYS.c.name == name, KEYS.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_keys(connection: Connection, now: datetime) -> int:
    """Ends all keys; returns how many."""
    statement = update(KEYS).where(KEYS.c.revoked_at.is_(None), KEYS.c.expires_at > now)
    return connection.execute(statement.values(revoked_at=now)).rowcount


def audit(connection: Connection, row: Mapping[str, Any]) -> None:
    """Notes who did what."""
    connection.execute(AUDIT.insert().values(row))


def audits(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest notes."""
    return connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)).all()
