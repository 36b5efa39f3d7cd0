"""Takes reports of harm that a message did (S35): what sent it stops at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Engine

from outreach.delivery import switches
from outreach.delivery.switches import ANSWERS
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound
from outreach.planning import queries
from outreach.planning.steering import scope_named, scope_of
from outreach.store.engine import reading

# A message of longer ago is hardly the one that somebody speaks of without knowing which.
_LATELY = timedelta(days=30)


def report(engine: Engine, clock: Clock, about: str, *, words: str, by: str) -> tuple[str, ...]:
    """Stops what `about` names (`campaign:SLUG`, or `answers`, those that are given by themselves),
    or where it is "" all campaigns that were sent lately, until two people looked; returns what
    they are called. Raises BadInput for words that are none, and NotFound."""
    if about not in ("", ANSWERS) and not about.startswith("campaign:"):
        raise BadInput("A report is of a campaign, or of automatic answers.", where=about)
    meant = {about: scope_named(engine, about)} if about else _lately(engine, clock)
    switches.stop_for_harm(engine, clock, meant.values(), words=words, by=by)
    return tuple(meant)


def heard_lately(engine: Engine, clock: Clock) -> tuple[tuple[str, str, str], ...]:
    """The campaigns that somebody may speak of: slug, Khmer name, English name."""
    with reading(engine) as connection:
        rows = queries.sent_since(connection, clock.now() - _LATELY)
        return tuple((row.slug, row.name_km, row.name_en) for row in rows)


def _lately(engine: Engine, clock: Clock) -> Mapping[str, str]:
    with reading(engine) as connection:
        rows = queries.sent_since(connection, clock.now() - _LATELY)
    if not rows:
        raise NotFound("No campaign was sent lately.")
    return {f"campaign:{row.slug}": scope_of(row.id) for row in rows}
