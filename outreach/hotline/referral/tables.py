"""Referrals; what they are about lies in the conversation."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class Referral(SQLModel, table=True):
    """One service offered to one person. `service` is its id in the directory; `chosen` says that
    the person asked for police or immigration themselves (S29). `province` is set where the person
    wants that province's coordinator to follow it (S22)."""

    __tablename__: ClassVar[str] = "help_referral"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    conversation_id: int = Field(sa_type=RowId, index=True)
    service: str = Field(max_length=40)
    category: str = Field(max_length=16)
    country: str = Field(max_length=2)
    authority: str = Field(max_length=16)
    chosen: bool = False
    province: str = Field(default="", max_length=2, index=True)
    state: str = Field(max_length=12)
    outcome: str = Field(default="", max_length=16)
    by: str = Field(max_length=40)
    offered_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
