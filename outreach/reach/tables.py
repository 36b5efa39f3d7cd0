"""The folded ledger: how far it is folded, sums of messages, and sets of people and attempts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId


class ReachCheckpoint(SQLModel, table=True):
    """The last fact that is folded; one row."""

    __tablename__: ClassVar[str] = "reach_checkpoint"

    id: int = Field(default=1, primary_key=True, sa_type=RowId)
    ledger_id: int = Field(default=0, sa_type=RowId)


class ReachCount(SQLModel, table=True):
    """A sum over one campaign and local day: things (messages, calls, parts, micro-units of money)
    by `milestone`, and by one value of one dimension (`all` has the value "")."""

    __tablename__: ClassVar[str] = "reach_count"

    day: date = Field(primary_key=True)
    campaign_id: int = Field(primary_key=True, sa_type=RowId)
    milestone: str = Field(primary_key=True, max_length=60)
    dimension: str = Field(primary_key=True, max_length=16)
    value: str = Field(primary_key=True, max_length=60)
    number: int = Field(default=0, sa_type=RowId)


class ReachPeople(SQLModel, table=True):
    """Who came to `milestone` over one campaign and local day: for each value of a dimension a
    Roaring bitmap of the contacts' ids, or of the attempts' ids where the milestone begins with
    `attempts.`.

    The bitmaps of a row stand one after the other in `contacts`; `lengths` says in JSON how many
    bytes each value's takes, in their order.
    """

    __tablename__: ClassVar[str] = "reach_people"
    # A question asks for one milestone by one or two dimensions, of all days or many.
    __table_args__ = (
        Index("ix_reach_people_asked", "milestone", "dimension", "campaign_id", "day"),
    )

    day: date = Field(primary_key=True)
    campaign_id: int = Field(primary_key=True, sa_type=RowId)
    milestone: str = Field(primary_key=True, max_length=60)
    dimension: str = Field(primary_key=True, max_length=16)
    lengths: str
    contacts: bytes
