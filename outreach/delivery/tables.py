"""The rows of delivery: what to get to whom, each try, each report; and the kill switches."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from outreach.store.types import RowId, UtcDateTime

# A partial index serves only queries that spell its condition with the same literals.
_PENDING = text("state = 'pending'")
_FAILED = text("coalesce(state, '') = 'failed'")
_OPEN = text("state IN ('pending', 'leased', 'trying')")


class DeliveryColumns(SQLModel):
    """What the pipeline needs to know of a delivery, whatever it serves."""

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    state: str = Field(default="pending", max_length=12)
    reason: str = Field(default="", max_length=40)
    channel: str = Field(max_length=5)
    zone: str = Field(default="Asia/Phnom_Penh", max_length=40)
    due_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Whose lease it is: a worker that was away too long must not send what another took over.
    lease_by: str | None = Field(default=None, max_length=40)
    # Attempts that count towards the retry limit; one the gateway never took does not.
    attempts: int = 0
    first_tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class AttemptColumns(SQLModel):
    """One SMS or call. `public_id` travels in the callback address; `body_digest` finds it again
    in the gateway's list when its answer was lost."""

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    delivery_id: int = Field(sa_type=RowId, index=True)
    channel: str = Field(max_length=5)
    state: str = Field(max_length=12)
    sender: str = Field(max_length=20)
    sid: str | None = Field(default=None, max_length=64, index=True)
    error_code: str | None = Field(default=None, max_length=20)
    error_class: str = Field(default="", max_length=14, sa_column_kwargs={"server_default": ""})
    parts: int = 1
    body_digest: str = Field(default="", max_length=64)
    submitting_at: datetime = Field(sa_type=UtcDateTime)
    horizon_at: datetime = Field(sa_type=UtcDateTime)
    polled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    played_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    play_seconds: int | None = None
    heard_seconds: int | None = None
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ReceiptColumns(SQLModel):
    """A report about an attempt, stored once per (attempt, state)."""

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    attempt_id: int = Field(sa_type=RowId)
    state: str = Field(max_length=12)
    error_code: str | None = Field(default=None, max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)


class Delivery(DeliveryColumns, table=True):
    """A broadcast's delivery to a contact."""

    __tablename__: ClassVar[str] = "delivery"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "contact_id"),
        Index("ix_delivery_claim", "state", "channel", "campaign_id", "due_at", "id"),
        Index("ix_delivery_cap", "contact_id", "first_tried_at"),
        # Of the few that are open: what is looked for every second stays cheap over millions.
        Index(
            "ix_delivery_expiry",
            "state",
            "expires_at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        # Few fail: whom nothing reaches is found among these alone.
        Index(
            "ix_delivery_failed",
            "contact_id",
            sqlite_where=_FAILED,
            postgresql_where=_FAILED,
        ),
        Index(
            "ix_delivery_open", "broadcast_id", "state", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    broadcast_id: int = Field(sa_type=RowId)
    campaign_id: int = Field(sa_type=RowId)
    contact_id: int = Field(sa_type=RowId)
    language: str = Field(max_length=8)
    # Which arm of an experiment planning put the contact in; "" outside of one (reach compares).
    arm: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})


class Attempt(AttemptColumns, table=True):
    """A try of a broadcast's delivery."""

    __tablename__: ClassVar[str] = "attempt"
    __table_args__ = (Index("ix_attempt_open", "state", "updated_at"),)


class Receipt(ReceiptColumns, table=True):
    """A report about a broadcast's attempt."""

    __tablename__: ClassVar[str] = "receipt"
    __table_args__ = (UniqueConstraint("attempt_id", "state"),)


class SenderPace(SQLModel, table=True):
    """The pace of the sender on one channel, shared by all who send (`delivery/rules/pace.py`).
    Moments are seconds since 1970 by the database's clock."""

    __tablename__: ClassVar[str] = "sender_pace"

    channel: str = Field(primary_key=True, max_length=5)
    free_at: float
    rate: float
    rate_at: float
    slowed_at: float
    window_at: float
    window_units: float
    live: float


class KillSwitch(SQLModel, table=True):
    """A stop that is on while its row is here. `scope` is `everything`, `channel:sms`,
    `channel:voice`, `answers` or `campaign:<id>`."""

    __tablename__: ClassVar[str] = "kill_switch"

    scope: str = Field(primary_key=True, max_length=40)
    reason: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class SwitchEvent(SQLModel, table=True):
    """Every stop and every going on, for ever: who, when, why. `scope` is a kill switch's, or
    `corridor:KH-TH`; `action` is `stop` or `go`."""

    __tablename__: ClassVar[str] = "switch_event"
    __table_args__ = (Index("ix_switch_event_scope", "scope", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    scope: str = Field(max_length=40)
    action: str = Field(max_length=4)
    reason: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class HarmReport(SQLModel, table=True):
    """Somebody says that a message did harm (S35). `scope` is the kill switch of what sent it;
    `words` name nobody. Never changed, never deleted."""

    __tablename__: ClassVar[str] = "harm_report"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    scope: str = Field(max_length=40, index=True)
    words: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class HarmLook(SQLModel, table=True):
    """Somebody looked at a report of harm, and what they found; each person once."""

    __tablename__: ClassVar[str] = "harm_look"
    __table_args__ = (UniqueConstraint("report_id", "by"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    report_id: int = Field(sa_type=RowId)
    by: str = Field(max_length=60)
    words: str = Field(max_length=200)
    at: datetime = Field(sa_type=UtcDateTime)


class Notice(SQLModel, table=True):
    """Something that an operator has to look at; the same thing again only counts. Holds no number
    and no text of anybody's."""

    __tablename__: ClassVar[str] = "notice"
    __table_args__ = (
        Index(
            "ix_notice_open",
            "kind",
            "scope",
            unique=True,
            postgresql_where=text("seen_at IS NULL"),
            sqlite_where=text("seen_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    kind: str = Field(max_length=20)
    scope: str = Field(max_length=40)
    detail: str = Field(max_length=200)
    times: int = 1
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_by: str = Field(default="", max_length=60)
