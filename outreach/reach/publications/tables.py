"""Published reports, the links and keys that open them, and who did what with them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class ReportPublication(SQLModel, table=True):
    """One report, frozen, or a grant's IATI activity. `period` is a month such as "2026-03", or
    "to-date" of a rehearsal; of an activity the grant's, "2026-01..2026-12". `edition` counts from
    1 whenever the same period, or the activity, is published anew. `document` is a report's JSON,
    or the activity's XML letter for letter."""

    __tablename__: ClassVar[str] = "report_publication"
    __table_args__ = (
        UniqueConstraint("grant_slug", "period", "edition", name="uq_report_publication_edition"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    grant_slug: str = Field(default="", max_length=60)
    period: str = Field(max_length=24)
    edition: int
    rules: str = Field(max_length=20)
    as_of: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=60)
    document: str = Field(sa_type=Text)


class ReportLink(SQLModel, table=True):
    """A door to one published report, without sign-in. Kept is the token's fingerprint: the table
    opens none. `name` says whom it was made for."""

    __tablename__: ClassVar[str] = "report_link"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    publication_id: int = Field(sa_type=RowId, index=True)
    token_key: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportKey(SQLModel, table=True):
    """A key to the API: every published report, nothing else. Kept is its fingerprint."""

    __tablename__: ClassVar[str] = "report_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    name: str = Field(max_length=60, unique=True)
    token_key: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportAudit(SQLModel, table=True):
    """Who published, opened a door or closed it, and why. `subject` is a public id or a name."""

    __tablename__: ClassVar[str] = "report_audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    by: str = Field(max_length=60)
    action: str = Field(max_length=24)
    subject: str = Field(max_length=60, index=True)
    reason: str = Field(max_length=200)
    at: datetime = Field(sa_type=UtcDateTime)
