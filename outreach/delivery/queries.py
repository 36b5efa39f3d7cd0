"""The SQL of the pipeline, written once for every lane; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)

from outreach.delivery.lane import Lane
from outreach.delivery.rules.states import OPEN, DeliveryState
from outreach.store.dialect import locked
from outreach.store.gathered import Gathered
from outreach.store.listed import among, packed_values
from outreach.store.processes import gone

D = DeliveryState
_WAITING = (D.PENDING, D.LEASED)


def hungry(
    connection: Connection, lane: Lane, channel: str, scopes: Collection[str], now: datetime
) -> list[int | None]:
    """The campaigns of which something is due and which no kill switch of `scopes` stops; [None]
    for a lane that has none. Costs a look or two at the index per campaign, however much waits."""
    if not {"everything", f"channel:{channel}"}.isdisjoint(scopes):
        return []
    found = connection.execute(_hungry(lane.deliveries), {"channel": channel, "now": now})
    return [number for number in found.scalars() if f"campaign:{number}" not in scopes]


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
    """Leases to `by` up to `limit` due deliveries of a campaign, the longest due first; none that
    another worker holds (SQLite has one writer anyway)."""
    asked = {"channel": channel, "campaign": campaign, "limit": limit, "now": now}
    due = _due(lane.deliveries, campaign is not None).all(connection, asked)
    ids = sorted(row.id for row in due)
    if ids:
        given = {"ids": packed_values(ids), "by": by, "until": until, "now": now}
        connection.execute(_lease(lane.deliveries), given)
    return ids


def reclaim(connection: Connection, lane: Lane, now: datetime) -> int:
    """Takes back the leases that ran out, and those of processes that are gone: nothing of them had
    left. Who is only slow finds its lease lost when it records what it leased."""
    d = lane.deliveries.c
    return _take_back(connection, lane, (d.lease_until < now) | gone(connection, d.lease_by), now)


def take_back_all(connection: Connection, lane: Lane, now: datetime) -> int:
    """The same with every lease, whoever holds it."""
    return _take_back(connection, lane, true(), now)


def _take_back(
    connection: Connection, lane: Lane, which: ColumnElement[bool], now: datetime
) -> int:
    d = lane.deliveries
    # What its holder records at this moment is locked: no lease of somebody gone.
    lost = select(d.c.id).where(d.c.state == D.LEASED, which).with_for_update(skip_locked=True)
    statement = update(d).where(d.c.id.in_(lost))
    back = {"state": D.PENDING, "lease_until": None, "lease_by": None, "updated_at": now}
    return connection.execute(statement.values(back)).rowcount


def standing(connection: Connection, lane: Lane, ids: Collection[int]) -> list[Any]:
    """Channel and campaign (where the lane has any) of deliveries."""
    return _standing(lane.deliveries).all(connection, {"ids": packed_values(ids)})


def not_trying(connection: Connection, lane: Lane, ids: Collection[int]) -> list[int]:
    """Those of the deliveries that are no longer under way."""
    found = _not_trying(lane.deliveries).all(connection, {"ids": packed_values(ids)})
    return [row.id for row in found]


# Built once: building one takes longer than asking it of a hundred deliveries.


@cache
def _hungry(d: Table) -> Select[Any]:
    t = d.c
    pending = t.state == D.PENDING, t.channel == bindparam("channel", type_=t.channel.type)
    due = exists().where(*pending, t.due_at <= bindparam("now", type_=t.due_at.type))
    if "campaign_id" not in t:
        return select(null()).where(due)
    first = select(func.min(t.campaign_id)).where(*pending)
    found = select(first.scalar_subquery().label("id")).cte("found", recursive=True)
    following = first.where(t.campaign_id > found.c.id).scalar_subquery()
    found = found.union_all(select(following).where(found.c.id.is_not(None)))
    mine = due.where(t.campaign_id == found.c.id)
    return select(found.c.id).where(found.c.id.is_not(None), mine)


@cache
def _due(d: Table, of_campaign: bool) -> Gathered:
    t = d.c
    due = select(t.id).where(
        t.state == D.PENDING,
        t.channel == bindparam("channel"),
        t.due_at <= bindparam("now", type_=t.due_at.type),
    )
    if of_campaign:
        due = due.where(t.campaign_id == bindparam("campaign"))
    first = due.order_by(t.due_at, t.id).limit(bindparam("limit"))
    return Gathered(first.with_for_update(skip_locked=True))


@cache
def _lease(d: Table) -> Update:
    until, now = (bindparam(name, type_=d.c.updated_at.type) for name in ("until", "now"))
    taken = {"lease_until": until, "lease_by": bindparam("by"), "updated_at": now}
    return update(d).where(among(d.c.id)).values(state=D.LEASED, **taken)


@cache
def _standing(d: Table) -> Gathered:
    names = ("id", "channel", "campaign_id")
    return Gathered(select(*(d.c[name] for name in names if name in d.c)).where(among(d.c.id)))


@cache
def _not_trying(d: Table) -> Gathered:
    return Gathered(select(d.c.id).where(among(d.c.id), func.coalesce(d.c.state, "") != D.TRYING))


def overdue(connection: Connection, lane: Lane, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Waiting deliveries whose time has passed; none that somebody decides about at this moment (a
    STOP holds the same rows in another order)."""
    table = lane.deliveries
    # Spelt out, so that the index of pending rows serves it.
    pending = table.c.state == literal_column("'pending'")
    query = select(table).where(pending, table.c.expires_at <= now).limit(limit)
    return connection.execute(query.with_for_update(skip_locked=True)).all()


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


def sids_upto(connection: Connection, lane: Lane, after: str, limit: int) -> str | None:
    """The last of the next `limit` SIDs after `after`, in their order; None where none follow."""
    a = lane.attempts.c
    some = select(a.sid).where(a.sid > after).order_by(a.sid).limit(limit).subquery()
    last: str | None = connection.execute(select(func.max(some.c.sid))).scalar_one()
    return last


def forget_sids(
    connection: Connection, lane: Lane, span: tuple[str, str], before: datetime
) -> None:
    """Takes the SIDs in `span` (after, to the last) from attempts that ended before `before`."""
    a = lane.attempts.c
    ended = a.state.not_in(OPEN), a.updated_at < before
    statement = update(lane.attempts).where(a.sid > span[0], a.sid <= span[1], *ended)
    connection.execute(statement.values(sid=None))


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
    return connection.execute(locked(connection, query.order_by(d.c.id))).all()


def lock_waiting(connection: Connection, lane: Lane, contact_ids: Collection[int]) -> None:
    """Locks the deliveries of contacts that have not left yet, in the order in which senders do."""
    d = lane.deliveries
    query = select(d.c.id).where(d.c.contact_id.in_(contact_ids), d.c.state.in_(_WAITING))
    connection.execute(locked(connection, query.order_by(d.c.id))).all()


def waiting(connection: Connection, lane: Lane) -> int:
    """How many deliveries wait, are leased or are under way."""
    d = lane.deliveries.c
    query = select(func.count()).where(d.state.in_((*_WAITING, D.TRYING)))
    return connection.execute(query).scalar_one()
