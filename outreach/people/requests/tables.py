"""Requests of authorities and what was done with each; rows are added, never changed or deleted."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class DataRequest(SQLModel, table=True):
    """Somebody with authority asked for data. `authority` asks, by `paper` (the law and the paper's
    number), received on `received_on`, for `scope`; all in words that hold no phone number."""

    __tablename__: ClassVar[str] = "data_request"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    authority: str = Field(max_length=200)
    paper: str = Field(max_length=200)
    received_on: str = Field(max_length=10)
    scope: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class DataRequestStep(SQLModel, table=True):
    """What somebody thought of a request or did with it: `kind` and `what` are those of
    `rules/request.py`, `words` say why, or what was given."""

    __tablename__: ClassVar[str] = "data_request_step"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    request_id: int = Field(sa_type=RowId, index=True)
    kind: str = Field(max_length=8)
    what: str = Field(max_length=12)
    words: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)
