"""Keys to the API: each opens what is published and nothing else, until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound
from outreach.people.audit import Asking
from outreach.reach.publications import queries
from outreach.reach.publications.links import check_door
from outreach.reach.publications.noting import note
from outreach.staff.secrets import fingerprint, new_token
from outreach.store.engine import reading, transaction

_PREFIX = "outreach_"


@dataclass(frozen=True)
class ApiKey:
    """A key as it is listed; nobody can read it any more."""

    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def make_key(engine: Engine, clock: Clock, name: str, days: int, asking: Asking) -> str:
    """Makes a key called `name` and returns it; it is kept nowhere. Raises BadInput, Conflict."""
    check_door(name, days)
    key, now = f"{_PREFIX}{new_token()}", clock.now()
    row = {
        "name": name,
        "token_key": fingerprint(key),
        "created_at": now,
        "expires_at": now + timedelta(days=days),
    }
    with transaction(engine) as connection:
        if not queries.add_key(connection, row):
            raise Conflict(f"There is a key {name!r}.", remedy="Choose another name.")
        note(connection, asking, "key made", name, now)
    return key


def opens(engine: Engine, clock: Clock, key: str) -> bool:
    """Whether `key` is good now."""
    if not key.startswith(_PREFIX) or len(key) > 80:
        return False
    with reading(engine) as connection:
        return queries.opens(connection, fingerprint(key), clock.now())


def keys(engine: Engine) -> tuple[ApiKey, ...]:
    """All keys by name."""
    with reading(engine) as connection:
        return tuple(
            ApiKey(row.name, row.created_at, row.expires_at, row.revoked_at)
            for row in queries.keys(connection)
        )


def revoke_key(engine: Engine, clock: Clock, name: str, asking: Asking) -> None:
    """Takes a key back; takes effect at once. Raises NotFound."""
    now = clock.now()
    with transaction(engine) as connection:
        if not queries.revoke_key(connection, name, now):
            raise NotFound("There is no such key, or it has ended.", remedy="outreach reach keys")
        note(connection, asking, "key revoked", name, now)
