"""The SQL of the pipeline, written once for every lane; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, literal_column, or_, select, update

from outreach.delivery.lane import Lane
from outreach.delivery.rules.states import OPEN, DeliveryState
from outreach.store.dialect import locked, skip_locked
from outreach.store.listed import among, packed_values

D = DeliveryState
_WAITING = (D.PENDING, D.LEASED)


def waiting_campaigns(
    connection: Connection, lane: Lane, channel: str, scopes: Collection[str]
) -> list[int | None]:
    """The campaigns of which something waits and which no kill switch of `scopes` stops; [None]
    for a lane that has none. Costs a look at the index per campaign, however much waits."""
    if not {"everything", f"channel:{channel}"}.isdisjoint(scopes):
        return []
    t = lane.deliveries.c
    if "campaign_id" not in t:
        return [None]
    first = select(func.min(t.campaign_id)).where(t.state == D.PENDING, t.channel == channel)
    found = select(first.scalar_subquery().label("id")).cte("found", recursive=True)
    following = first.where(t.campaign_id > found.c.id).scalar_subquery()
    found = found.union_all(select(following).where(found.c.id.is_not(None)))
    ids = connection.execute(select(found.c.id).where(found.c.id.is_not(None))).scalars()
    return [number for number in ids if f"campaign:{number}" not in scopes]


def lease(
    connection: Connection,
    lane: Lane,
    channel: str,
    campaign: int | None,
    limit: int,
    by: str,
    until: datetime,
    now: datetime,
) -> list[int]:
    """Leases to `by` up to `limit` due deliveries of a campaign, the longest due first."""
    table, t = lane.deliveries, lane.deliveries.c
    due = select(t.id).where(t.state == D.PENDING, t.channel == channel, t.due_at <= now)
    if campaign is not None:
        due = due.where(t.campaign_id == campaign)
    due = skip_locked(connection, due.order_by(t.due_at, t.id).limit(limit))
    result = connection.execute(
        update(table)
        .where(t.id.in_(due.scalar_subquery()))
        .values(state=D.LEASED, lease_until=until, lease_by=by, updated_at=now)
        .returning(t.id)
    )
    return sorted(row.id for row in result)


def reclaim(connection: Connection, lane: Lane, now: datetime) -> int:
    """Takes back the leases that ran out: their worker is gone, and nothing had left."""
    table = lane.deliveries
    return connection.execute(
        update(table)
        .where(table.c.state == D.LEASED, table.c.lease_until < now)
        .values(state=D.PENDING, lease_until=None, lease_by=None, updated_at=now)
    ).rowcount


def standing(connection: Connection, lane: Lane, ids: Collection[int]) -> Sequence[Row[Any]]:
    """State, channel and campaign (where the lane has any) of deliveries."""
    d = lane.deliveries.c
    columns = [d[name] for name in ("id", "state", "channel", "campaign_id") if name in d]
    query = select(*columns).where(among(d.id))
    return connection.execute(query, {"ids": packed_values(ids)}).all()


def overdue(connection: Connection, lane: Lane, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Waiting deliveries whose time has passed."""
    table = lane.deliveries
    # Spelt out, so that the index of pending rows serves it.
    pending = table.c.state == literal_column("'pending'")
    query = select(table).where(pending, table.c.expires_at <= now)
    return connection.execute(locked(connection, query.limit(limit))).all()


def uncertain(
    connection: Connection, lane: Lane, before: datetime, polled_before: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Attempts recorded before `before` whose answer never came, not looked for lately."""
    a = lane.attempts
    query = (
        select(a)
        .where(a.c.state == "submitting", a.c.submitting_at < before)
        .where(or_(a.c.polled_at.is_(None), a.c.polled_at < polled_before))
        .order_by(a.c.id)
        .limit(limit)
    )
    return connection.execute(query).all()


def silent(connection: Connection, lane: Lane, before: datetime, limit: int) -> Sequence[Row[Any]]:
    """Open attempts with a SID of which nothing was heard, nor asked, since `before`."""
    a = lane.attempts
    query = (
        select(a)
        .where(a.c.state.in_([s for s in OPEN if s != "submitting"]))
        .where(a.c.updated_at < before, a.c.sid.is_not(None))
        .where(or_(a.c.polled_at.is_(None), a.c.polled_at < before))
        .order_by(a.c.id)
        .limit(limit)
    )
    return connection.execute(query).all()


def used_sids(connection: Connection, lane: Lane, sids: Collection[str]) -> set[str]:
    """Those of `sids` that an attempt already has."""
    a = lane.attempts.c
    return set(connection.execute(select(a.sid).where(a.sid.in_(sids))).scalars())


def never_accepted(
    connection: Connection, lane: Lane, delivery_ids: Collection[int], code: str
) -> set[int]:
    """Those of the deliveries that already had an attempt which the gateway never took."""
    a = lane.attempts.c
    query = select(a.delivery_id).where(a.delivery_id.in_(delivery_ids), a.error_code == code)
    return set(connection.execute(query).scalars())


def waiting_of_contact(connection: Connection, lane: Lane, contact_id: int) -> Sequence[Row[Any]]:
    """A contact's deliveries that have not left yet, locked."""
    d = lane.deliveries
    query = select(d).where(d.c.contact_id == contact_id, d.c.state.in_(_WAITING))
    return connection.execute(locked(connection, query)).all()


def waiting(connection: Connection, lane: Lane) -> int:
    """How many deliveries wait, are leased or are under way."""
    d = lane.deliveries.c
    query = select(func.count()).where(d.state.in_((*_WAITING, D.TRYING)))
    return connection.execute(query).scalar_one()
