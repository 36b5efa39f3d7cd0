"""Takes due deliveries for sending: leases them, checks them again, records their attempts.

A lease can be given back, because nothing has left. From *submitting* on the request may have
left, so that state is committed before the request is made.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row

from outreach.delivery import queries
from outreach.delivery.lane import Held, Lane, Later, Ready
from outreach.delivery.moves import queries as batch
from outreach.delivery.rules.finding import body_digest
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.delivery.stops.queries import SCOPES, scopes, scopes_in
from outreach.kernel.ids import public_ids
from outreach.store.engine import transaction
from outreach.store.gathered import together

LEASE = timedelta(minutes=10)
# After the validity period the operator may still report for this long.
_GRACE = timedelta(hours=1)
# What each attempt has for itself.
_OWN = ("public_id", "delivery_id", "channel", "parts", "body_digest", "horizon_at")


class Outgoing(NamedTuple):
    """A recorded attempt, ready to leave. `body` is None for a call."""

    attempt_id: int
    delivery_id: int
    public_id: str
    channel: str
    to: str
    body: str | None
    parts: int
    validity: int
    recorded_at: datetime

    def __repr__(self) -> str:
        return f"<Outgoing {self.public_id}>"


def claim(
    engine: Engine, lane: Lane, channel: str, now: datetime, limit: int, by: str = ""
) -> list[int]:
    """Leases up to `limit` due deliveries of `channel` to the process `by`; returns their ids in
    the order in which they should leave: campaigns in turn, within one the longest due first."""
    with transaction(engine) as connection:
        return _claim(connection, lane, channel, scopes(connection), now, limit, by)


def give_back(
    engine: Engine, lane: Lane, ids: Collection[int], now: datetime, by: str = ""
) -> None:
    """Returns leases of `by` that will not be used."""
    with transaction(engine) as connection:
        batch.give_back(connection, lane, ids, by, now)


def submit(
    engine: Engine, lane: Lane, ids: Sequence[int], sender: str, now: datetime, by: str = ""
) -> list[Outgoing]:
    """Checks what of `ids` is still leased to `by` again, and commits an attempt (*submitting*)
    for each that may go."""
    with transaction(engine) as connection:
        stopped, rows = _still_leased(connection, lane, ids, by)
        return _submit(connection, lane, rows, stopped, sender, now, by)


def advance(
    engine: Engine,
    lane: Lane,
    channel: str,
    ids: Sequence[int],
    sender: str,
    now: datetime,
    limit: int,
    by: str = "",
) -> tuple[list[Outgoing], list[int]]:
    """`submit` of `ids` and `claim` of what comes after them: one commit to disk for both."""
    with transaction(engine) as connection:
        stopped, rows = _still_leased(connection, lane, ids, by)
        outgoing = _submit(connection, lane, rows, stopped, sender, now, by)
        # Last, because a claim waits for nobody's lock: so what it holds can't close a circle.
        return outgoing, _claim(connection, lane, channel, stopped, now, limit, by)


def _claim(
    connection: Connection,
    lane: Lane,
    channel: str,
    stopped: Collection[str],
    now: datetime,
    limit: int,
    by: str,
) -> list[int]:
    hungry = queries.hungry(connection, lane, channel, stopped, now)
    # Where there are more campaigns than places, no one is always the last.
    random.shuffle(hungry)
    taken: dict[int | None, list[int]] = {campaign: [] for campaign in hungry}
    room = limit
    while hungry and room > 0:
        share, asked, hungry = max(1, room // len(hungry)), hungry[:room], hungry[room:]
        for campaign in asked:
            ids = queries.lease(connection, lane, channel, campaign, share, by, now + LEASE, now)
            taken[campaign] += ids
            room -= len(ids)
            if len(ids) == share:
                hungry.append(campaign)
    return [number for turn in zip_longest(*taken.values()) for number in turn if number]


def _still_leased(
    connection: Connection, lane: Lane, ids: Collection[int], by: str
) -> tuple[set[str], list[Row[Any]]]:
    """The kill switches that are on, and what of `ids` is still leased to `by`, locked."""
    switches, rows = together(connection, SCOPES, batch.leased(lane, ids, by))
    return scopes_in(switches), rows


def _submit(
    connection: Connection,
    lane: Lane,
    rows: Sequence[Row[Any]],
    stopped: Collection[str],
    sender: str,
    now: datetime,
    by: str,
) -> list[Outgoing]:
    halted = [row.id for row in rows if is_stopped(row, stopped)]
    if halted:
        batch.give_back(connection, lane, halted, by, now)
        rows = [row for row in rows if not is_stopped(row, stopped)]
    late = [
        Held(row.id, DeliveryState.EXPIRED, "too_late") for row in rows if row.expires_at <= now
    ]
    in_time = [row for row in rows if row.expires_at > now]
    verdicts = [*late, *lane.check(connection, in_time, now)]
    by_id = {row.id: row for row in rows}
    ready = [v for v in verdicts if isinstance(v, Ready)]
    held = [v for v in verdicts if isinstance(v, Held)]
    later = [v for v in verdicts if isinstance(v, Later)]
    batch.set_deliveries(connection, lane, [_held(v, now) for v in held])
    batch.set_deliveries(connection, lane, [_later(v, now) for v in later])
    pairs = [(by_id[v.delivery_id], v) for v in ready]
    outgoing = _record(connection, lane, pairs, sender, now)
    if held:
        lane.ended(connection, held, now)
    return outgoing


def is_stopped(row: Row[Any], stopped: Collection[str]) -> bool:
    """Whether one of the kill switches `stopped` holds a delivery back."""
    if not stopped:
        return False
    mine = {"everything", f"channel:{row.channel}", f"campaign:{getattr(row, 'campaign_id', '')}"}
    return not mine.isdisjoint(stopped)


def _held(verdict: Held, now: datetime) -> dict[str, Any]:
    return {
        "b_id": verdict.delivery_id,
        "state": verdict.state,
        "reason": verdict.reason,
        "updated_at": now,
    }


def _later(verdict: Later, now: datetime) -> dict[str, Any]:
    return {
        "b_id": verdict.delivery_id,
        "state": DeliveryState.PENDING,
        "reason": verdict.reason,
        "due_at": verdict.at,
        "updated_at": now,
    }


def _record(
    connection: Connection,
    lane: Lane,
    ready: Sequence[tuple[Row[Any], Ready]],
    sender: str,
    now: datetime,
) -> list[Outgoing]:
    """Begins an attempt (*submitting*) of each delivery that may go."""
    if not ready:
        return []
    batch.try_now(connection, lane, [verdict.delivery_id for _, verdict in ready], now)
    bodies = {verdict.body for _, verdict in ready}
    digests = {body: "" if body is None else body_digest(body) for body in bodies}
    horizons = {validity: _horizon(validity, now) for validity in {v.validity for _, v in ready}}
    names = public_ids(lane.tag, len(ready))
    rows = [
        (name, row.id, row.channel, v.parts, digests[v.body], horizons[v.validity])
        for name, (row, v) in zip(names, ready, strict=True)
    ]
    same = {
        "state": AttemptState.SUBMITTING,
        "sender": sender,
        "submitting_at": now,
        "updated_at": now,
    }
    numbers = batch.add_attempts(connection, lane, _OWN, rows, same)
    return [
        Outgoing(number, row.id, name, row.channel, v.to, v.body, v.parts, v.validity, now)
        for number, name, (row, v) in zip(numbers, names, ready, strict=True)
    ]


def _horizon(validity: int, now: datetime) -> datetime:
    return now + timedelta(seconds=validity) + _GRACE
