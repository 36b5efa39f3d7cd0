"""The folded ledger: how far it is folded, sums of messages, and sets of people and attempts; and
the target populations that people reached are set beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


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
    """Who came to `milestone` over one campaign and a `span`, a local day or the month that begins
    with it: for each value of a dimension a Roaring bitmap of the contacts' ids, or of the
    attempts' ids where the milestone begins with `attempts.`. A month has all that its days have.

    Of a personal dimension it says who was elsewhere than ReachHome says (`crowds.py`), but for
    attempts and for what can be undone. The bitmaps of a row stand one after the other in
    `contacts`; `lengths` says in JSON how many bytes each value's takes, in their order.
    """

    __tablename__: ClassVar[str] = "reach_people"
    # A question asks for one milestone by one or two dimensions, of all days or many.
    __table_args__ = (
        Index("ix_reach_people_asked", "milestone", "dimension", "span", "campaign_id", "day"),
    )

    span: str = Field(primary_key=True, max_length=5)
    day: date = Field(primary_key=True)
    campaign_id: int = Field(primary_key=True, sa_type=RowId)
    milestone: str = Field(primary_key=True, max_length=60)
    dimension: str = Field(primary_key=True, max_length=16)
    lengths: str
    contacts: bytes


class ReachHome(SQLModel, table=True):
    """What the first fact of each of a block of 65,536 contacts says of them: for each value of a
    personal dimension a bitmap of their ids, as in ReachPeople."""

    __tablename__: ClassVar[str] = "reach_home"

    block: int = Field(primary_key=True, sa_type=RowId)
    dimension: str = Field(primary_key=True, max_length=16)
    lengths: str
    contacts: bytes


class TargetPopulations(SQLModel, table=True):
    """One version of the target populations, never changed: a correction is the next version."""

    __tablename__: ClassVar[str] = "target_populations"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    digest: str = Field(max_length=64)
    content: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    loaded_by: str = Field(max_length=60)
    loaded_at: datetime = Field(sa_type=UtcDateTime)
