"""What a campaign says, as it was when it was loaded: one row per language and channel."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import UniqueConstraint, false
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId


class Wording(SQLModel, table=True):
    """A text (channel `sms`) or a recording (channel `voice`: `path` of the audio, "" for a
    placeholder, and its length). `way_back` says that a text tells a door by which people answer,
    which one from a name has to."""

    __tablename__: ClassVar[str] = "wording"
    __table_args__ = (UniqueConstraint("campaign_id", "language", "channel"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    campaign_id: int = Field(sa_type=RowId)
    language: str = Field(max_length=8)
    channel: str = Field(max_length=5)
    body: str = ""
    parts: int = 0
    path: str = ""
    seconds: int = 0
    placeholder: bool = False
    way_back: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
