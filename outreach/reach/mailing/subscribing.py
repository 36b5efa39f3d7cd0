"""Who gets the reports by e-mail: added and ended by staff, each with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.i18n import LANGUAGES
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.reach.mailing import queries
from outreach.reach.publications.links import check_door
from outreach.reach.publications.noting import note
from outreach.reach.rules.mailing import Mailing
from outreach.store.engine import reading, transaction

# What a mail server may be given: no line break, no list, no name beside it.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LAST_DAY = 28


@dataclass(frozen=True)
class Subscription:
    """A reader as they are listed: never their address."""

    public_id: str
    name: str
    language: str
    with_pdf: bool
    day: int


@dataclass(frozen=True)
class MailingLine:
    """One report to one reader, and what became of it."""

    public_id: str
    name: str
    month: date
    state: str
    tries: int
    problem: str


@dataclass(frozen=True)
class Wish:
    """What a reader gets: in which language, on which day of the month, with the PDF or without,
    by a link that opens for so many days."""

    name: str
    language: str = "km"
    day: int = 5
    link_days: int = 90
    with_pdf: bool = False


def subscribe(
    engine: Engine, vault: Vault, clock: Clock, address: str, wish: Wish, asking: Asking
) -> str:
    """Adds a reader; returns the subscription's public id. Raises BadInput."""
    check_door(wish.name, wish.link_days)
    if not _ADDRESS.fullmatch(address):
        raise BadInput("That is no e-mail address.", remedy="Write one, such as name@example.org.")
    if wish.language not in LANGUAGES:
        raise BadInput("There is no such language.", where="--lang", remedy=", ".join(LANGUAGES))
    if not 1 <= wish.day <= _LAST_DAY:
        raise BadInput(f"A day is 1 to {_LAST_DAY}.", where="--day")
    now, name = clock.now(), public_id("rs")
    row = {
        "public_id": name,
        "name": wish.name,
        "address_sealed": vault.seal(address),
        "language": wish.language,
        "with_pdf": wish.with_pdf,
        "day": wish.day,
        "link_days": wish.link_days,
        "created_at": now,
    }
    with transaction(engine) as connection:
        queries.subscribe(connection, row)
        note(connection, asking, "subscribed", name, now)
    return name


def unsubscribe(engine: Engine, clock: Clock, subscription: str, asking: Asking) -> None:
    """Ends a subscription. Raises NotFound."""
    now = clock.now()
    with transaction(engine) as connection:
        if not queries.end(connection, subscription, now):
            raise NotFound("There is no such subscription.", remedy="outreach reach mail list")
        note(connection, asking, "unsubscribed", subscription, now)


def subscriptions(engine: Engine) -> tuple[Subscription, ...]:
    """Those that have not ended."""
    with reading(engine) as connection:
        return tuple(
            Subscription(row.public_id, row.name, row.language, row.with_pdf, row.day)
            for row in queries.subscriptions(connection)
        )


def mailings(engine: Engine) -> tuple[MailingLine, ...]:
    """The newest hundred."""
    with reading(engine) as connection:
        return tuple(
            MailingLine(row.public_id, row.name, row.month, row.state, row.tries, row.problem)
            for row in queries.mailings(connection, 100)
        )


def send_again(engine: Engine, clock: Clock, mailing: str, asking: Asking) -> None:
    """Lets a mailing go again that is uncertain or failed: a person decides. Raises NotFound,
    Conflict."""
    now = clock.now()
    with transaction(engine) as connection:
        row = queries.by_public_id(connection, mailing)
        if row is None:
            raise NotFound("There is no such mailing.", remedy="outreach reach mail sent")
        if row.state not in (Mailing.UNCERTAIN, Mailing.FAILED):
            raise Conflict(f"This mailing is {row.state}.")
        queries.move(connection, row, Mailing.WAITING, {"tries": 0, "next_at": now})
        note(connection, asking, "mailed again", mailing, now)
