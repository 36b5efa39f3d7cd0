"""The sealed help store: texts, answers and call-backs under keys of their own (S19)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from outreach.delivery.tables import AttemptColumns, DeliveryColumns, ReceiptColumns
from outreach.store.types import RowId, UtcDateTime

# What still holds a body: the rows that redaction looks for (S20), few beside all.
HELD = text("length(body_sealed) > 0")


class HelpInbound(SQLModel, table=True):
    """A text that somebody sent us, sealed. `number_key` is the help store's own fingerprint."""

    __tablename__: ClassVar[str] = "help_inbound"
    __table_args__ = (
        Index("ix_help_inbound_number", "number_key", "at"),
        Index("ix_help_inbound_held", "at", sqlite_where=HELD, postgresql_where=HELD),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    sid: str = Field(max_length=64, unique=True)
    number_key: bytes
    number_sealed: bytes
    body_sealed: bytes
    intent: str = Field(max_length=16)
    language: str = Field(max_length=8)
    at: datetime = Field(sa_type=UtcDateTime)


class HelpDelivery(DeliveryColumns, table=True):
    """An answer to a person's own text: sealed address and body, an opaque reference. `author` is
    the worker who wrote it, "" for an automatic one."""

    __tablename__: ClassVar[str] = "help_delivery"
    __table_args__ = (
        Index("ix_help_delivery_claim", "state", "channel", "due_at"),
        Index("ix_help_delivery_number", "number_key", "due_at"),
        Index("ix_help_delivery_held", "due_at", sqlite_where=HELD, postgresql_where=HELD),
    )

    reference: str = Field(max_length=40, unique=True)
    number_key: bytes
    address_sealed: bytes
    body_sealed: bytes
    parts: int = 1
    author: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})


class HelpAttempt(AttemptColumns, table=True):
    """A try of an answer."""

    __tablename__: ClassVar[str] = "help_attempt"
    __table_args__ = (Index("ix_help_attempt_open", "state", "updated_at"),)


class HelpReceipt(ReceiptColumns, table=True):
    """A report about an answer's attempt."""

    __tablename__: ClassVar[str] = "help_receipt"
    __table_args__ = (UniqueConstraint("attempt_id", "state"),)


class CallBack(SQLModel, table=True):
    """Somebody asked to be called: by a key, a digit or a missed call; `due_by` is three minutes
    later (S5). `taken_by` is the worker who has seen the number."""

    __tablename__: ClassVar[str] = "call_back"
    __table_args__ = (
        Index("ix_call_back_number", "number_key", "asked_at"),
        Index("ix_call_back_state", "state", "due_by"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source_id: str = Field(max_length=64, unique=True)
    source: str = Field(max_length=16)
    number_key: bytes
    number_sealed: bytes
    state: str = Field(default="waiting", max_length=12)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    due_by: datetime = Field(sa_type=UtcDateTime)
    taken_by: str = Field(default="", max_length=40)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JoinCall(SQLModel, table=True):
    """A call that joined somebody to a community, by the mark of its SID (`retention/marks.py`):
    the gateway lists it again, also after they left or were forgotten."""

    __tablename__: ClassVar[str] = "join_call"

    mark: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class HelpAudit(SQLModel, table=True):
    """Who read or did what in the help store, and why (S22). `subject` is a reference of ours."""

    __tablename__: ClassVar[str] = "help_audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    by: str = Field(max_length=40)
    action: str = Field(max_length=24)
    subject: str = Field(max_length=64)
    reason: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    at: datetime = Field(sa_type=UtcDateTime)


class HelpCursor(SQLModel, table=True):
    """How far we have seen what came in, by the gateway's own list; `name` is the number of ours
    that is listed."""

    __tablename__: ClassVar[str] = "help_cursor"

    name: str = Field(primary_key=True, max_length=20)
    seen_until: datetime = Field(sa_type=UtcDateTime)


class StaffAlert(SQLModel, table=True):
    """Something that a hotline worker has to look at; holds a reference of ours, never a number or
    text, nor what the gateway calls them: alerts stay when those are forgotten (S20)."""

    __tablename__: ClassVar[str] = "staff_alert"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    kind: str = Field(max_length=24)
    reference: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
