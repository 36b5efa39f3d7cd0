"""Finds out what became of attempts that fell silent, and gives up on what nobody can tell.

Nothing uncertain is sent again by itself: only what a complete list of the gateway's messages still
doesn't show after ten minutes is sent once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row

from outreach.delivery import queries
from outreach.delivery.claiming import body_digest
from outreach.delivery.lane import Held, Lane
from outreach.delivery.outcomes import of_report
from outreach.delivery.progress import NEVER_ACCEPTED, News, apply
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.gateways.ports import Found, Gateway
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Unavailable
from outreach.store.engine import reading, transaction

_ANSWER_DUE = timedelta(seconds=60)
_LOOK_AGAIN = timedelta(minutes=2)
_ABSENT_AFTER = timedelta(minutes=10)
_POLL_AFTER = timedelta(minutes=30)
# The gateway's clock may differ from ours by this much.
_SKEW = timedelta(seconds=30)
_LIMIT = 200


def tidy(engine: Engine, clock: Clock, lane: Lane) -> int:
    """Takes back leases of workers that are gone and ends what came too late to be sent."""
    now = clock.now()
    with transaction(engine) as connection:
        reclaimed = queries.reclaim(connection, lane, now)
        late = queries.overdue(connection, lane, now, _LIMIT)
        queries.set_deliveries(
            connection,
            lane,
            [
                {
                    "b_id": row.id,
                    "state": DeliveryState.EXPIRED,
                    "reason": row.reason or "too_late",
                    "updated_at": now,
                }
                for row in late
            ],
        )
        held = [Held(row.id, DeliveryState.EXPIRED, row.reason or "too_late") for row in late]
        if held:
            lane.ended(connection, held, now)
    return reclaimed + len(late)


async def reconcile(engine: Engine, clock: Clock, lane: Lane, gateway: Gateway) -> int:
    """Looks in the gateway's own list for attempts whose answer was lost; counts the moves."""
    now = clock.now()
    with reading(engine) as connection:
        lost = queries.uncertain(connection, lane, now - _ANSWER_DUE, now - _LOOK_AGAIN, _LIMIT)
        numbers = lane.addresses(connection, [row.delivery_id for row in lost])
    moved = 0
    for row in lost:
        number = numbers.get(row.delivery_id)
        try:
            found = await _find(gateway, number, row) if number else None
        except Unavailable:
            break
        moved += _settle_lost(engine, lane, row, found, clock.now())
    return moved


async def poll(engine: Engine, clock: Clock, lane: Lane, gateway: Gateway) -> int:
    """Asks after attempts that fell silent; past their horizon they become *unknown*."""
    now = clock.now()
    with reading(engine) as connection:
        quiet = queries.silent(connection, lane, now - _POLL_AFTER, _LIMIT)
    moved = 0
    for row in quiet:
        try:
            report = await gateway.fetch(row.sid, row.channel)
        except Unavailable:
            break
        news = [of_report(row.id, report)] if report else []
        if row.horizon_at <= now:
            news.append(News(row.id, AttemptState.UNKNOWN, error_code="silent"))
        with transaction(engine) as connection:
            queries.set_attempts(connection, lane, [{"b_id": row.id, "polled_at": now}])
            moved += len(apply(connection, lane, news, now))
    return moved


async def _find(gateway: Gateway, number: str, row: Row[Any]) -> list[Found]:
    return await gateway.find(number, row.submitting_at - _SKEW, row.channel)


def _settle_lost(
    engine: Engine, lane: Lane, row: Row[Any], found: Sequence[Found] | None, now: datetime
) -> int:
    with transaction(engine) as connection:
        queries.set_attempts(connection, lane, [{"b_id": row.id, "polled_at": now}])
        if found is None:  # The person was forgotten meanwhile: nobody can look for it any more.
            news = News(row.id, AttemptState.UNKNOWN, error_code="forgotten")
            return len(apply(connection, lane, [news], now))
        used = queries.used_sids(connection, lane, [item.sid for item in found])
        mine = next((f for f in found if f.sid not in used and _is(row, f)), None)
        if mine:
            news = News(row.id, AttemptState.SUBMITTED, sid=mine.sid)
        elif now - row.submitting_at < _ABSENT_AFTER:
            return 0
        elif queries.never_accepted(connection, lane, [row.delivery_id], NEVER_ACCEPTED):
            news = News(row.id, AttemptState.UNKNOWN, error_code="not_found_twice")
        else:
            news = News(
                row.id,
                AttemptState.ERRORED,
                error_code=NEVER_ACCEPTED,
                again_after=timedelta(0),
            )
        return len(apply(connection, lane, [news], now))


def _is(row: Row[Any], found: Found) -> bool:
    same = found.channel == row.channel and found.sender == row.sender
    said = row.channel == "voice" or body_digest(found.body) == row.body_digest
    return bool(same and said and found.created >= row.submitting_at - _SKEW)
