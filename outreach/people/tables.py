"""The register: contacts, the history of their consent, opt-outs, and the gazetteer."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from outreach.kernel.dimensions import NOT_ASKED
from outreach.store.types import RowId, UtcDateTime


class Contact(SQLModel, table=True):
    """A number that we may (or may not) speak to. `number_key` finds it, `number_sealed` holds it.

    Kept is only what S17 allows; "not_asked" is a value. `own_words` names the columns that the
    person set themselves, which no list overwrites.
    """

    __tablename__: ClassVar[str] = "contact"
    __table_args__ = (Index("ix_contact_audience", "consent", "province"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    number_key: bytes = Field(unique=True)
    number_sealed: bytes
    consent: str = Field(max_length=12)
    language: str = Field(default="km", max_length=8)
    channel: str = Field(default="", max_length=5)
    reads: str = Field(default=NOT_ASKED, max_length=10)
    shows_khmer: str = Field(default=NOT_ASKED, max_length=10)
    sex: str = Field(default=NOT_ASKED, max_length=16)
    age_band: str = Field(default=NOT_ASKED, max_length=16)
    audience: str = Field(default=NOT_ASKED, max_length=16)
    destination: str = Field(default=NOT_ASKED, max_length=16)
    province: str = Field(default=NOT_ASKED, max_length=16)
    commune: str = Field(default=NOT_ASKED, max_length=16)
    timezone: str = Field(default="Asia/Phnom_Penh", max_length=40)
    operator_hint: str = Field(default="", max_length=40)
    own_words: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ConsentEvent(SQLModel, table=True):
    """One step of somebody's consent: never updated, and deleted only with the whole person, who
    asked to be forgotten (S12, S24).

    `how`, `wording` and `given_on` are the evidence; `source` is where we heard it (sms, voice,
    import, gateway, staff). A stranger has no contact, only their key.
    """

    __tablename__: ClassVar[str] = "consent_event"
    __table_args__ = (Index("ix_consent_event_key", "number_key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    contact_id: int | None = Field(default=None, sa_type=RowId)
    number_key: bytes
    before: str = Field(default="", max_length=12)
    after: str = Field(max_length=12)
    source: str = Field(max_length=16)
    how: str = Field(default="", max_length=80)
    wording: str = Field(default="", max_length=40)
    language: str = Field(default="", max_length=8)
    given_on: str = Field(default="", max_length=10)
    at: datetime = Field(sa_type=UtcDateTime)


class OptOut(SQLModel, table=True):
    """A number that said STOP, known or not: dated, with its source; `ended_at` where START undid
    it. Keyed by HMAC alone, so that it outlives the contact (S14)."""

    __tablename__: ClassVar[str] = "opt_out"

    number_key: bytes = Field(primary_key=True)
    source: str = Field(max_length=16)
    at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RegisterAudit(SQLModel, table=True):
    """Who looked at, corrected or forgot one person, when and why (S24). `contact` is the public
    id, empty for a stranger; `changed` names columns, never their values."""

    __tablename__: ClassVar[str] = "register_audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    contact: str = Field(max_length=40, index=True)
    action: str = Field(max_length=12)
    changed: list[str] = Field(default_factory=list, sa_type=JSON)
    reason: str = Field(max_length=200)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class Place(SQLModel, table=True):
    """A node of the gazetteer by its NCDD code: 2 digits a province, 4 a district, 6 a commune,
    8 a village. `parent` is empty for a province."""

    __tablename__: ClassVar[str] = "place"

    code: str = Field(primary_key=True, max_length=8)
    parent: str = Field(max_length=6, index=True)
    kind: str = Field(max_length=8)
    name_km: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
