"""Accounts of staff, their sessions, wrong tries, and who did what."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, false
from sqlmodel import Field, SQLModel

from outreach.kernel.dimensions import NOT_ASKED
from outreach.store.types import RowId, UtcDateTime


class Staff(SQLModel, table=True):
    """One account. `enrol_key` fingerprints the one-time code until it is used; `totp_step` is the
    last step whose code was accepted, so that none counts twice."""

    __tablename__: ClassVar[str] = "staff"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    name: str = Field(max_length=40, unique=True)
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    province: str = Field(default="", max_length=2)
    password_hash: str = Field(default="", max_length=200)
    totp_sealed: bytes = Field(default=b"")
    totp_step: int = Field(default=0, sa_type=RowId)
    enrol_key: str = Field(default="", max_length=64)
    enrol_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Whom somebody can help, and how they are told that somebody waits.
    languages: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    sex: str = Field(
        default=NOT_ASKED, max_length=20, sa_column_kwargs={"server_default": NOT_ASKED}
    )
    child_trained: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    phone_sealed: bytes | None = Field(default=None)
    alert_by: str = Field(default="sms", max_length=5, sa_column_kwargs={"server_default": "sms"})


class DutyShift(SQLModel, table=True):
    """When somebody is on duty: on `day`, or every week on `days` (ISO weekdays); hours such as
    08:00, where `zone` is."""

    __tablename__: ClassVar[str] = "duty_shift"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    staff_id: int = Field(sa_type=RowId, index=True)
    zone: str = Field(max_length=40)
    day: date | None = None
    days: str = Field(default="", max_length=7)
    starts: str = Field(max_length=5)
    ends: str = Field(max_length=5)


class StaffSession(SQLModel, table=True):
    """Somebody is signed in. Kept is the token's fingerprint: the table opens no door."""

    __tablename__: ClassVar[str] = "staff_session"

    token_key: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(sa_type=RowId, index=True)
    begun_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class StaffTry(SQLModel, table=True):
    """Wrong tries at a name, whether there is such an account or not, or from an address (only a
    fingerprint of either): none is taken before `until`."""

    __tablename__: ClassVar[str] = "staff_try"

    name_key: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    until: datetime = Field(sa_type=UtcDateTime, index=True)


class StaffAudit(SQLModel, table=True):
    """Who did what to an account or with it. `by` is a name of ours or of the machine's user."""

    __tablename__: ClassVar[str] = "staff_audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    by: str = Field(max_length=60)
    action: str = Field(max_length=24)
    subject: str = Field(max_length=40, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
