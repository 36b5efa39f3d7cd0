"""Campaigns, their schedules and broadcasts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class Campaign(SQLModel, table=True):
    """Content, audience and schedule. `approved` means both of S31's approvals cover `digest`.

    `purpose` "invitation" asks people who are only listed, once (S13); any other goes to people who
    consented.
    `audience` is the rule as it was when the campaign was loaded, names looked up; `audience_name`
    is the saved audience that it came from, or "".
    """

    __tablename__: ClassVar[str] = "campaign"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    slug: str = Field(max_length=60, unique=True)
    name_km: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    digest: str = Field(max_length=64)
    approved: bool = False
    purpose: str = Field(default="campaign", max_length=12)
    audience: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    audience_name: str = Field(default="", max_length=60)
    retry: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    # Narrower hours than everybody's, and whether public holidays count (rules/window.py).
    sending: dict[str, object] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    validity_seconds: int = 14_400
    expires_hours: int = 48
    loaded_at: datetime = Field(sa_type=UtcDateTime)


class Schedule(SQLModel, table=True):
    """When a campaign fires: once at a local time, or by a cron line with day names."""

    __tablename__: ClassVar[str] = "schedule"
    __table_args__ = (Index("ix_schedule_next", "next_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    campaign_id: int = Field(sa_type=RowId, unique=True)
    kind: str = Field(max_length=8)
    rule: str = Field(max_length=80)
    zone: str = Field(max_length=40)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Broadcast(SQLModel, table=True):
    """One firing of a campaign. `cursor` is the last contact planned, -1 when all are."""

    __tablename__: ClassVar[str] = "broadcast"
    __table_args__ = (Index("ix_broadcast_state", "state"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    campaign_id: int = Field(sa_type=RowId)
    state: str = Field(max_length=20)
    cursor: int = Field(default=0, sa_type=RowId)
    due_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Budget(SQLModel, table=True):
    """What a campaign may cost in all, in millionths of `currency`. `held_micro` is what its
    attempts cost or may cost yet: it grows when one is recorded, before anything leaves."""

    __tablename__: ClassVar[str] = "budget"

    campaign_id: int = Field(primary_key=True, sa_type=RowId)
    limit_micro: int = Field(sa_type=RowId)
    held_micro: int = Field(default=0, sa_type=RowId)
    currency: str = Field(max_length=3)


class Corridor(SQLModel, table=True):
    """A way that people take to work, from one country to another (two letters each), and whether
    it is open (S34). A corridor without a row is open."""

    __tablename__: ClassVar[str] = "corridor"

    origin: str = Field(primary_key=True, max_length=2)
    destination: str = Field(primary_key=True, max_length=2)
    is_open: bool = True
    reason: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class Audience(SQLModel, table=True):
    """An audience under a name (`slug`), for campaigns to come. `rule` is canonical, its names
    looked up; `version` counts what it said, `digest` stands for what it says."""

    __tablename__: ClassVar[str] = "audience"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    slug: str = Field(max_length=60, unique=True)
    name_km: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    rule: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    digest: str = Field(max_length=64)
    version: int = 1
    created_by: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: str = Field(max_length=60)
    updated_at: datetime = Field(sa_type=UtcDateTime)
