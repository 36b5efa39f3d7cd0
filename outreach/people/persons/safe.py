"""Safe contact (S5, S6): how one person may be reached. Staff write it down, never an SMS."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.mask import mask, scrub
from outreach.kernel.sealing import Vault
from outreach.people import audit, queries
from outreach.people.audit import Asking
from outreach.people.persons import queries as persons
from outreach.people.rules.numbers import number_in
from outreach.people.rules.safe import read_days, read_hours
from outreach.store.engine import reading, transaction

ASK_AGAIN = timedelta(days=90)
CHANNELS = ("sms", "voice")
LANGUAGES = ("km", "en", "th", "vi")
_COVER_MOST = 40
_LISTED = 100


@dataclass(frozen=True)
class Settings:
    """What a person set; "" says no more than everybody's rules. `cover` is the word by which they
    know that it is us, and we that it is them. Without `stop_reply` STOP gets no line back."""

    channel: str = ""
    hours: str = ""
    days: str = ""
    language: str = ""
    cover: str = field(default="", repr=False)
    stop_reply: bool = True


@dataclass(frozen=True)
class Kept:
    """Settings, when they were set and when they are to be asked again."""

    settings: Settings
    set_at: datetime
    ask_again_at: datetime


@dataclass(frozen=True)
class Window:
    """When and how a person may be reached, and until when that holds."""

    channel: str
    hours: str
    days: str
    ask_again_at: datetime


@dataclass(frozen=True)
class Overdue:
    """Somebody who is to be asked again."""

    contact: str
    masked: str
    set_at: datetime
    ask_again_at: datetime


def read(given: Settings) -> Settings:
    """`given` as written, in one form; raises BadInput for what is none."""
    if given.channel and given.channel not in CHANNELS:
        raise BadInput(f"No channel {given.channel!r}.", where="--channel", remedy="sms or voice.")
    if given.language and given.language not in LANGUAGES:
        raise BadInput(f"No language {given.language!r}.", where="--language")
    if len(given.cover) > _COVER_MOST or scrub(given.cover) != given.cover:
        raise BadInput(f"At most {_COVER_MOST} characters, no number.", where="--cover")
    return replace(
        given,
        hours=read_hours(given.hours) if given.hours else "",
        days=read_days(given.days) if given.days else "",
    )


def show(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> Kept | None:
    """What the person with the number in `written` set, or None; audited. Raises NotFound."""
    keys = vault.lookups(number_in(written))
    with transaction(engine) as connection:
        contact = next(iter(queries.contacts_by_key(connection, keys)), None)
        if contact is None:
            raise NotFound("This number is not in the register.")
        audit.note(connection, asking, "safe_show", contact.public_id, clock.now())
        row = persons.safe_contact(connection, contact.id)
        if row is None:
            return None
        cover = vault.unseal(row.cover_sealed) if row.cover_sealed else ""
        kept = Settings(row.channel, row.hours, row.days, row.language, cover, row.stop_reply)
        return Kept(kept, row.set_at, row.ask_again_at)


def put(
    engine: Engine,
    vault: Vault,
    clock: Clock,
    written: str,
    given: Settings,
    asking: Asking,
    ask_again: timedelta = ASK_AGAIN,
) -> None:
    """Sets how a person may be reached, in place of what they had set; audited.

    The channel and the language become the person's own words, so that broadcasts are planned by
    them and no list changes them back. Raises NotFound or BadInput.
    """
    settings, now = read(given), clock.now()
    with transaction(engine) as connection:
        queries.hold(connection, alone=False)
        rows = queries.lock_by_key(connection, vault.lookups(number_in(written)))
        if not rows:
            raise NotFound("This number is not in the register.")
        contact = rows[0]
        persons.put_safe(
            connection,
            {
                "contact_id": contact.id,
                "channel": settings.channel,
                "hours": settings.hours,
                "days": settings.days,
                "language": settings.language,
                "cover_sealed": vault.seal(settings.cover) if settings.cover else None,
                "stop_reply": settings.stop_reply,
                "set_at": now,
                "ask_again_at": now + ask_again,
            },
        )
        said = {n: v for n in ("channel", "language") if (v := getattr(settings, n))}
        own = {"own_words": sorted({*contact.own_words, *said}), "updated_at": now}
        queries.set_contacts(connection, [{"b_id": contact.id, **said, **own}])
        audit.note(connection, asking, "safe_set", contact.public_id, now, _changed(settings))


def clear(engine: Engine, vault: Vault, clock: Clock, written: str, asking: Asking) -> bool:
    """Deletes what a person set; says whether there was anything. Raises NotFound."""
    with transaction(engine) as connection:
        rows = queries.lock_by_key(connection, vault.lookups(number_in(written)))
        if not rows:
            raise NotFound("This number is not in the register.")
        audit.note(connection, asking, "safe_clear", rows[0].public_id, clock.now())
        return bool(persons.delete_safe(connection, rows[0].id))


def overdue(engine: Engine, vault: Vault, clock: Clock) -> list[Overdue]:
    """Whom to ask again, the longest overdue first; a hundred at most."""
    with reading(engine) as connection:
        rows = persons.to_ask_again(connection, clock.now(), _LISTED)
    return [
        Overdue(r.public_id, mask(vault.unseal(r.number_sealed)), r.set_at, r.ask_again_at)
        for r in rows
    ]


def stop_reply(connection: Connection, contact_id: int) -> bool:
    """Whether STOP gets its one line back (S4)."""
    row = persons.safe_contact(connection, contact_id)
    return row is None or bool(row.stop_reply)


def window(connection: Connection, contact_id: int) -> Window | None:
    """When and how a contact said that they may be reached, if they did."""
    row = persons.safe_contact(connection, contact_id)
    return Window(row.channel, row.hours, row.days, row.ask_again_at) if row else None


def _changed(settings: Settings) -> list[str]:
    names = ("channel", "hours", "days", "language", "cover")
    silent = [] if settings.stop_reply else ["stop_reply"]
    return [name for name in names if getattr(settings, name)] + silent
