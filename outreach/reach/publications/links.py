"""Links that open one published report to whoever has them: they expire, and can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.ids import public_id
from outreach.people.audit import Asking
from outreach.reach.document.model import Document, from_json
from outreach.reach.publications import queries
from outreach.reach.publications.noting import note
from outreach.staff.secrets import fingerprint, new_token
from outreach.store.engine import reading, transaction

LEAST_DAYS, MOST_DAYS = 1, 400
# No token that we made is longer; anything else needs no look into the database.
_TOKEN_MOST = 64


@dataclass(frozen=True)
class Link:
    """A link as it is listed; nobody can read its address any more."""

    public_id: str
    name: str
    period: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class NewLink:
    """A link that was just made. Its `token` is the address's last part, and is kept nowhere."""

    public_id: str
    token: str


@dataclass(frozen=True)
class Opened:
    """What a link opens: a publication, and when a later edition of its period was made, if any."""

    publication_id: int
    period: str
    later: datetime | None


def make_link(
    engine: Engine, clock: Clock, report: str, name: str, days: int, asking: Asking
) -> NewLink:
    """Makes a link to a publication (its public id, or a period's last) for `name`. Raises
    NotFound, BadInput."""
    check_door(name, days)
    made, now = NewLink(public_id("rl"), new_token()), clock.now()
    with transaction(engine) as connection:
        row = queries.by_public_id(connection, report) or queries.newest(connection, report)
        if row is None:
            raise NotFound(
                "There is no such published report.", remedy="See: outreach reach published"
            )
        link = {
            "public_id": made.public_id,
            "publication_id": row.id,
            "token_key": fingerprint(made.token),
            "name": name,
            "created_at": now,
            "expires_at": now + timedelta(days=days),
        }
        queries.add_link(connection, link)
        note(connection, asking, "linked", made.public_id, now)
    return made


def check_door(name: str, days: int) -> None:
    """Raises BadInput where a link or key can't be called `name` or last for `days`."""
    if not 2 <= len(name.strip()) <= 60 or sum(letter.isdigit() for letter in name) > 4:
        raise BadInput(
            "Say whom it is for, in 2 to 60 letters and at most four digits.", where="--name"
        )
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise BadInput(f"It lasts {LEAST_DAYS} to {MOST_DAYS} days.", where="--days")


def open_link(engine: Engine, clock: Clock, token: str) -> Opened | None:
    """What a token opens; None for one that is unknown, over or taken back: nobody sees which."""
    if len(token) > _TOKEN_MOST:
        return None
    with reading(engine) as connection:
        row = queries.opened(connection, fingerprint(token), clock.now())
    return None if row is None else Opened(row.id, row.period, row.later)


def document_of(engine: Engine, opened: Opened) -> Document:
    """The document behind an opened link."""
    with reading(engine) as connection:
        return from_json(queries.document(connection, opened.publication_id))


def links(engine: Engine) -> tuple[Link, ...]:
    """All links, the newest first."""
    with reading(engine) as connection:
        return tuple(
            Link(
                row.public_id,
                row.name,
                row.period,
                row.created_at,
                row.expires_at,
                row.revoked_at,
            )
            for row in queries.links(connection)
        )


def revoke(engine: Engine, clock: Clock, link: str, asking: Asking) -> None:
    """Takes a link back, by its public id; takes effect at once. Raises NotFound."""
    now = clock.now()
    with transaction(engine) as connection:
        if not queries.revoke_link(connection, link, now):
            raise NotFound("There is no such link, or it has ended.", remedy="outreach reach links")
        note(connection, asking, "revoked", link, now)


def revoke_all(engine: Engine, clock: Clock, asking: Asking) -> int:
    """Takes all links back (S23); returns how many."""
    now = clock.now()
    with transaction(engine) as connection:
        ended = queries.revoke_links(connection, now)
        note(connection, asking, "revoked all", "", now)
    return ended
