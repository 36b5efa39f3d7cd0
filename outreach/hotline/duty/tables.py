"""Alerts to staff, how far each waiting thing went up the ladder, and shifts taken over."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from outreach.delivery.tables import AttemptColumns, DeliveryColumns, ReceiptColumns
from outreach.store.types import RowId, UtcDateTime


class AlertDelivery(DeliveryColumns, table=True):
    """An alert to a member of staff: whose it is, and no number and no text."""

    __tablename__: ClassVar[str] = "alert_delivery"
    __table_args__ = (
        Index("ix_alert_delivery_claim", "state", "channel", "due_at"),
        Index("ix_alert_delivery_staff", "staff_id", "due_at"),
    )

    staff_id: int = Field(sa_type=RowId)


class AlertAttempt(AttemptColumns, table=True):
    """A try of an alert."""

    __tablename__: ClassVar[str] = "alert_attempt"
    __table_args__ = (Index("ix_alert_attempt_open", "state", "updated_at"),)


class AlertReceipt(ReceiptColumns, table=True):
    """A report about an alert's attempt."""

    __tablename__: ClassVar[str] = "alert_receipt"
    __table_args__ = (UniqueConstraint("attempt_id", "state"),)


class Escalation(SQLModel, table=True):
    """How far something that waits since its clock ran out (`due_at`) went up the ladder: `told`
    are the accounts alerted in this round, `last_told` the newest of them; None as `next_at` means
    that nobody is alerted any more."""

    __tablename__: ClassVar[str] = "escalation"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "due_at"),
        Index("ix_escalation_told", "last_told", "next_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    kind: str = Field(max_length=12)
    subject_id: int = Field(sa_type=RowId)
    due_at: datetime = Field(sa_type=UtcDateTime)
    told: list[int] = Field(default_factory=list, sa_type=JSON)
    last_told: int | None = Field(default=None, sa_type=RowId)
    rounds: int = 0
    began_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ShiftTaken(SQLModel, table=True):
    """Somebody took over what was open: how much of each kind, and from whom."""

    __tablename__: ClassVar[str] = "shift_taken"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    by: str = Field(max_length=40)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    conversations: int
    calls: int
    alerts: int
    moved: int
