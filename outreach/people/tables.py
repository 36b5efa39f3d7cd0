"""The register: contacts, the history of their consent, opt-outs, communities, the gazetteer."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from outreach.kernel.dimensions import NOT_ASKED
from outreach.store.types import RowId, UtcDateTime


class Contact(SQLModel, table=True):
    """A number that we may (or may not) speak to. `number_key` finds it, `number_sealed` holds it.

    Kept is only what S17 allows; "not_asked" and "prefer_not_to_say" are values. `province` and
    `commune` are where the person is from, `present` the country where they are now. `own_words`
    names the columns that the person set themselves, which no list overwrites. Numbers of one
    person share `person_id`; without it the number is a person of its own.
    """

    __tablename__: ClassVar[str] = "contact"
    __table_args__ = (
        # Holds what audiences mostly ask, so that counting one does not read the whole register.
        Index(
            "ix_contact_audience",
            "consent",
            "province",
            "commune",
            "sex",
            "age_band",
            "audience",
            "destination",
        ),
        Index(
            "ix_contact_person",
            "person_id",
            postgresql_where=text("person_id IS NOT NULL"),
            sqlite_where=text("person_id IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    number_key: bytes = Field(unique=True)
    number_sealed: bytes
    consent: str = Field(max_length=12)
    language: str = Field(default="km", max_length=8)
    channel: str = Field(default="", max_length=5)
    reads: str = Field(default=NOT_ASKED, max_length=10)
    shows_khmer: str = Field(default=NOT_ASKED, max_length=10)
    phone_is: str = Field(
        default=NOT_ASKED, max_length=10, sa_column_kwargs={"server_default": NOT_ASKED}
    )
    sex: str = Field(default=NOT_ASKED, max_length=20)
    age_band: str = Field(default=NOT_ASKED, max_length=20)
    audience: str = Field(default=NOT_ASKED, max_length=20)
    destination: str = Field(default=NOT_ASKED, max_length=20)
    sector: str = Field(default=NOT_ASKED, max_length=20)
    present: str = Field(default=NOT_ASKED, max_length=20)
    province: str = Field(default=NOT_ASKED, max_length=20)
    commune: str = Field(default=NOT_ASKED, max_length=20)
    timezone: str = Field(default="Asia/Phnom_Penh", max_length=40)
    operator_hint: str = Field(default="", max_length=40)
    own_words: list[str] = Field(default_factory=list, sa_type=JSON)
    person_id: int | None = Field(default=None, sa_type=RowId)
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


class Community(SQLModel, table=True):
    """A registered place or group. `place` is a gazetteer code, or "" for a factory, a port, a
    returnee centre or the people of a destination.

    `join_code` is what people text, `join_number` (E.164, one of our own) what they ring. The focal
    person's number and role lie sealed in `focal_sealed`; no name is kept. `wording` is the version
    of the poster's wording, to which joining agrees (S12).
    """

    __tablename__: ClassVar[str] = "community"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    kind: str = Field(max_length=20)
    place: str = Field(default="", max_length=8, index=True)
    country: str = Field(default="KH", max_length=2)
    name_km: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    language: str = Field(default="km", max_length=8)
    focal_sealed: bytes | None = None
    population: int | None = None
    join_code: str = Field(max_length=12, unique=True)
    join_number: str | None = Field(default=None, max_length=20, unique=True)
    wording: str = Field(default="", max_length=40)
    created_at: datetime = Field(sa_type=UtcDateTime)
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Membership(SQLModel, table=True):
    """A contact of a community. `how` they came: list, join_code, missed_call or staff; `left_at`
    where they are no more."""

    __tablename__: ClassVar[str] = "membership"
    __table_args__ = (UniqueConstraint("community_id", "contact_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    community_id: int = Field(sa_type=RowId)
    contact_id: int = Field(sa_type=RowId, index=True)
    how: str = Field(max_length=12)
    at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SafeContact(SQLModel, table=True):
    """How one person may be reached safely (S5), set by staff on their word and never by SMS.

    `hours` is "HH:MM-HH:MM" in the person's zone and `days` ISO weekdays such as "67"; "" says no
    more than everybody's rules. `stop_reply` False: STOP gets no line back (S4).
    """

    __tablename__: ClassVar[str] = "safe_contact"

    contact_id: int = Field(primary_key=True, sa_type=RowId)
    channel: str = Field(default="", max_length=5)
    hours: str = Field(default="", max_length=11)
    days: str = Field(default="", max_length=7)
    language: str = Field(default="", max_length=8)
    cover_sealed: bytes | None = None
    stop_reply: bool = True
    set_at: datetime = Field(sa_type=UtcDateTime)
    ask_again_at: datetime = Field(sa_type=UtcDateTime)


class ContactExport(SQLModel, table=True):
    """A file of contacts that somebody asked for and somebody else allowed (S22). `audience` is a
    saved audience's or a community's public id; `public_id` is the file's watermark."""

    __tablename__: ClassVar[str] = "contact_export"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    public_id: str = Field(max_length=40, unique=True)
    kind: str = Field(max_length=12)
    audience: str = Field(max_length=60)
    reason: str = Field(max_length=200)
    state: str = Field(default="requested", max_length=12)
    requested_by: str = Field(max_length=60)
    requested_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: str = Field(default="", max_length=60)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    written_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contacts: int | None = None
