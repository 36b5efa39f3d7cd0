"""Grants as they were loaded: every version of their file stays."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class GrantVersion(SQLModel, table=True):
    """One version of a grant's file, never changed: a correction is the next version."""

    __tablename__: ClassVar[str] = "grant_version"
    __table_args__ = (UniqueConstraint("slug", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    slug: str = Field(max_length=60)
    version: int
    digest: str = Field(max_length=64)
    content: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    loaded_by: str = Field(max_length=60)
    loaded_at: datetime = Field(sa_type=UtcDateTime)
