"""Who gets the reports by e-mail, and what became of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class ReportSubscription(SQLModel, table=True):
    """One reader. The report of a month is due on `day` of the next one; the link in it opens for
    `link_days`. The address is sealed with the register's keys."""

    __tablename__: ClassVar[str] = "report_subscription"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=60)
    address_sealed: bytes
    language: str = Field(max_length=2)
    with_pdf: bool = False
    day: int
    link_days: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportMailing(SQLModel, table=True):
    """The report of one month to one reader: one row ever, so it goes once. States are those of
    `reach.rules.mailing`."""

    __tablename__: ClassVar[str] = "report_mailing"
    __table_args__ = (UniqueConstraint("subscription_id", "month"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    subscription_id: int = Field(sa_type=RowId)
    month: date
    state: str = Field(max_length=12, index=True)
    tries: int = 0
    next_at: datetime = Field(sa_type=UtcDateTime)
    link: str = Field(default="", max_length=40)
    problem: str = Field(default="", max_length=200)
