"""Publishes a grant as an IATI activity: each version is kept letter for letter, and a later one
says what is new in it.

The same facts again are the same version, so that a file that was downloaded twice is one file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound
from outreach.kernel.ids import public_id
from outreach.people.audit import Asking
from outreach.people.places import provinces_of
from outreach.reach.grants import keeping
from outreach.reach.grants.model import Grant
from outreach.reach.iati.activity import activity
from outreach.reach.iati.history import changes, version_note
from outreach.reach.publications import queries
from outreach.reach.publications.noting import note
from outreach.reach.publications.standing import standing_results
from outreach.reach.rules.milestones import RULES
from outreach.store.engine import reading, transaction


@dataclass(frozen=True)
class Activity:
    """A published version as it is listed. `sha256` is of the file, byte by byte; `note` is what
    the file says of what is new in it."""

    public_id: str
    grant: str
    version: int
    period: str
    as_of: datetime
    by: str
    sha256: str
    note: str


def publish_activity(engine: Engine, clock: Clock, slug: str, asking: Asking) -> Activity:
    """Publishes a grant's activity as far as the ledger is folded; returns the version that stands
    for it. Raises NotFound, or Conflict where somebody publishes it at the same time."""
    kept = keeping.show(engine, slug)
    found, provinces = standing_results(engine, kept.grant), provinces_of(engine)
    with transaction(engine) as connection:
        before = queries.activities(connection, slug)
        now, news = clock.now(), "This is version 1 of what was published."
        if before:
            last = before[-1]
            new = changes(last.document, activity(kept, found, provinces, now).decode())
            if not new:
                return _activity(last)
            news = (
                f"This is version {last.edition + 1} of what was published. New since version "
                f"{last.edition} of {last.as_of:%Y-%m-%d}: {'; '.join(new)}."
            )
        name = public_id("ia")
        row = {
            "public_id": name,
            "grant_slug": slug,
            "period": _period(kept.grant),
            "edition": len(before) + 1,
            "rules": RULES,
            "as_of": now,
            "by": asking.by[:60],
            "document": activity(kept, found, provinces, now, news).decode(),
        }
        if not queries.add(connection, row):
            raise Conflict("Somebody publishes this grant too.", remedy="Look at what they did.")
        note(connection, asking, "activity published", name, now)
        return _activity(queries.activities(connection, slug)[-1])


def activities(engine: Engine, slug: str | None = None) -> tuple[Activity, ...]:
    """Every version of a grant's activity, of all grants where None, the oldest first."""
    with reading(engine) as connection:
        return tuple(_activity(row) for row in queries.activities(connection, slug))


def published_activity(engine: Engine, slug: str, version: int | None = None) -> bytes:
    """The file of a version, or of the newest, as it was published. Raises NotFound."""
    with reading(engine) as connection:
        rows = queries.activities(connection, slug)
    found = [str(row.document) for row in rows if version in (None, row.edition)]
    if not found:
        raise NotFound(
            "There is no such published activity.", remedy="See: outreach reach activities"
        )
    return found[-1].encode()


def _activity(row: Row[Any]) -> Activity:
    return Activity(
        public_id=row.public_id,
        grant=row.grant_slug,
        version=row.edition,
        period=row.period,
        as_of=row.as_of,
        by=row.by,
        sha256=hashlib.sha256(row.document.encode()).hexdigest(),
        note=version_note(row.document),
    )


def _period(grant: Grant) -> str:
    return f"{grant.since:%Y-%m}..{grant.until:%Y-%m}"
