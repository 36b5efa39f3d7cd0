"""Pauses, resumes and cancels what a campaign is sending; every step has a reason and is kept.

Paused is not stored twice: a running broadcast is paused while a kill switch stops its campaign,
whoever turned it on (a person, a used-up budget, too many failures).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.delivery import switches
from outreach.delivery.lane import Held, Lane
from outreach.delivery.rules.states import DeliveryState
from outreach.delivery.stopping import hold
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound
from outreach.language.digits import to_ascii_digits
from outreach.planning.campaigns import campaign_by_slug
from outreach.planning.queries import campaigns
from outreach.planning.sending import queries
from outreach.store.engine import reading, transaction

_CHUNK = 1_000


def scope_of(campaign_id: int) -> str:
    """The kill switch of a campaign."""
    return f"campaign:{campaign_id}"


def called(engine: Engine) -> Mapping[str, str]:
    """What people call the kill switches of campaigns: as `scope_named` takes them."""
    with reading(engine) as connection:
        return {scope_of(row.id): f"campaign:{row.slug}" for row in campaigns(connection)}


def scope_named(engine: Engine, written: str) -> str:
    """The kill switch that somebody names, a campaign's by its number (in any digits) or its name;
    what is none, or is on as it is written, stays so. Raises NotFound for a campaign that there is
    not."""
    kind, _, named = written.partition(":")
    if kind != "campaign" or written in (switch.scope for switch in switches.list_on(engine)):
        return written
    with reading(engine) as connection:
        found = to_ascii_digits(named.strip())
        known = [row.id for row in campaigns(connection) if found in (str(row.id), row.slug)]
    if not known:
        raise NotFound(
            f"There is no campaign {named!r}: nothing was stopped or let go on.",
            remedy="Name it as its folder is called, or stop everything.",
        )
    return scope_of(known[0])


def pause(engine: Engine, clock: Clock, slug: str, *, reason: str, by: str) -> None:
    """Stops all that the campaign sends, within a second; nothing is lost. Raises NotFound."""
    reason = switches.worded(reason)
    with transaction(engine) as connection:
        scope = scope_of(campaign_by_slug(connection, slug).id)
        switches.turn_on(connection, scope, reason=reason, by=by, now=clock.now())


def resume(engine: Engine, clock: Clock, slug: str, *, reason: str, by: str) -> None:
    """Lets it go on; what is too old by now expires. Raises NotFound, or Conflict if nothing
    paused it."""
    reason = switches.worded(reason)
    with transaction(engine) as connection:
        scope = scope_of(campaign_by_slug(connection, slug).id)
        switches.turn_off(connection, scope, reason=reason, by=by, now=clock.now())


def cancel(engine: Engine, clock: Clock, slug: str, *, reason: str, by: str) -> int:
    """Ends the campaign's running broadcasts for good; returns how many. What has left goes its
    way. Raises NotFound, or Conflict if none runs."""
    reason = switches.worded(reason)
    with transaction(engine) as connection:
        campaign_id = campaign_by_slug(connection, slug).id
        ended = queries.cancel_broadcasts(connection, campaign_id)
        if not ended:
            raise Conflict(
                f"Nothing of {slug} is running.",
                remedy="See how it stands: outreach delivery status",
            )
        scope = scope_of(campaign_id)
        switches.note(connection, scope, "end", reason=reason, by=by, now=clock.now())
    return ended


def end_canceled(engine: Engine, clock: Clock, lane: Lane) -> int:
    """Ends what still waits of canceled broadcasts, a chunk at a time; returns how many."""
    ended = 0
    while True:
        with transaction(engine) as connection:
            done = _end_chunk(connection, lane, clock.now())
        ended += done
        if done < _CHUNK:
            return ended


def _end_chunk(connection: Connection, lane: Lane, now: datetime) -> int:
    ids = queries.waiting_of_canceled(connection, _CHUNK)
    hold(connection, lane, [Held(n, DeliveryState.CANCELED, "canceled") for n in ids], now)
    if len(ids) < _CHUNK:
        queries.close_canceled(connection, now)
    return len(ids)
