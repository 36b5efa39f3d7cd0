"""Conversations and the notes that workers make on them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime


class Conversation(SQLModel, table=True):
    """One person's. `due_by` is when somebody must have looked, None where nothing waits;
    `last_text_at` is the text that staff may answer, None where the person left since. `replies`
    counts staff replies, so that two workers never answer the same text twice. `code_sealed` is the
    word by which the person knows us on the phone (S6)."""

    __tablename__: ClassVar[str] = "help_conversation"
    __table_args__ = (Index("ix_help_conversation_inbox", "state", "due_by"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    number_key: bytes = Field(unique=True)
    number_sealed: bytes
    code_sealed: bytes = Field(default=b"")
    state: str = Field(max_length=12)
    urgency: int = 0
    child: bool = False
    language: str = Field(default="", max_length=8)
    assigned_to: str = Field(default="", max_length=40)
    replies: int = 0
    opened_at: datetime = Field(sa_type=UtcDateTime)
    last_in_at: datetime = Field(sa_type=UtcDateTime)
    last_text_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=16)


class ConversationNote(SQLModel, table=True):
    """What a worker wrote for the next one, sealed; or an act on the conversation (`kind`)."""

    __tablename__: ClassVar[str] = "help_note"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    conversation_id: int = Field(sa_type=RowId, index=True)
    kind: str = Field(max_length=12)
    by: str = Field(max_length=40)
    body_sealed: bytes = Field(default=b"")
    at: datetime = Field(sa_type=UtcDateTime)
