"""What each number was asked last, and what it answered; nothing here leads to a contact (S19)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class MenuMemory(SQLModel, table=True):
    """One number's: the `step` that it is asked, the language that it last wrote in or chose, and
    sealed where it said it is. Until `quiet_until` staff know that it is not answered."""

    __tablename__: ClassVar[str] = "help_menu"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    number_key: bytes = Field(index=True)
    number_sealed: bytes
    step: str = Field(max_length=12)
    language: str = Field(max_length=8)
    answers_sealed: bytes
    quiet_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
