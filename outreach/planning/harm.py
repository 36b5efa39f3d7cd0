"""Takes reports of harm that a campaign's message did (S35): what it sends stops at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection, Engine

from outreach.delivery import switches
from outreach.kernel.clock import Clock
from outreach.kernel.errors import NotFound
from outreach.planning import queries
from outreach.planning.campaigns import campaign_by_slug
from outreach.planning.steering import scope_of
from outreach.store.engine import reading

# A message of longer ago is hardly the one that somebody speaks of without knowing which.
_LATELY = timedelta(days=30)


def report(engine: Engine, clock: Clock, slug: str, *, words: str, by: str) -> tuple[str, ...]:
    """Stops the campaign `slug`, or where that is "" all that fired lately, until two people
    looked; their slugs. Raises BadInput for words that are none, and NotFound."""
    with reading(engine) as connection:
        meant = _meant(connection, clock, slug)
    scopes = [scope_of(campaign_id) for campaign_id in meant.values()]
    switches.stop_for_harm(engine, clock, scopes, words=words, by=by)
    return tuple(meant)


def heard_lately(engine: Engine, clock: Clock) -> tuple[tuple[str, str, str], ...]:
    """The campaigns that somebody may speak of: slug, Khmer name, English name."""
    with reading(engine) as connection:
        rows = queries.fired_since(connection, clock.now() - _LATELY)
        return tuple((row.slug, row.name_km, row.name_en) for row in rows)


def _meant(connection: Connection, clock: Clock, slug: str) -> Mapping[str, int]:
    if slug:
        return {slug: campaign_by_slug(connection, slug).id}
    rows = queries.fired_since(connection, clock.now() - _LATELY)
    if not rows:
        raise NotFound("No campaign was sent lately.")
    return {row.slug: row.id for row in rows}
