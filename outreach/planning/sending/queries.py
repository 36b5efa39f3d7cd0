"""The SQL of what may be sent, tried again and stopped; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from outreach.content.queries import WORDINGS
from outreach.people.persons.queries import SAFE
from outreach.planning.audience.queries import CAMPAIGNS, CONTACTS, DELIVERIES
from outreach.planning.queries import ATTEMPTS, BROADCASTS
from outreach.planning.tables import Budget, Corridor
from outreach.store import dialect
from outreach.store.gathered import Gathered, Question, together
from outreach.store.listed import among, packed_values
from outreach.store.types import table_of

BUDGETS = table_of(Budget)
CORRIDORS = table_of(Corridor)
_OPEN = ("pending", "leased", "trying")
_LEFT = ("opted_out", "declined", "lapsed", "forgotten")
# How many of the columns of a person's facts say who it is; in the rest many are alike.
WHO = 3


class FactsForCheck(NamedTuple):
    """Of people by delivery; the destinations to which the corridor is closed; the budgets of
    campaigns that have one, locked."""

    people: dict[int, Any]
    closed: frozenset[str]
    budgets: dict[int, Any]


def words(connection: Connection, campaign_ids: Collection[int]) -> Sequence[Row[Any]]:
    """What checking reads of campaigns, once for each of their wordings: in one statement, so that
    no text meets the approval of an earlier one (S31). `language` is None where there is none."""
    return connection.execute(_words(), {"ids": packed_values(campaign_ids)}).all()


def facts_for_retry(connection: Connection, delivery_ids: Collection[int]) -> dict[int, Any]:
    """By delivery: its campaign's retry policy as stored, and what its person can take."""
    d, c = DELIVERIES.c, CONTACTS.c
    query = (
        select(
            d.id,
            CAMPAIGNS.c.retry,
            c.channel,
            c.reads,
            c.shows_khmer,
            func.coalesce(SAFE.c.channel, "").label("safe"),
        )
        .join(CAMPAIGNS, CAMPAIGNS.c.id == d.campaign_id)
        .join(CONTACTS, c.id == d.contact_id)
        .outerjoin(SAFE, SAFE.c.contact_id == d.contact_id)
        .where(d.id.in_(delivery_ids))
    )
    return {row.id: row for row in connection.execute(query)}


def facts_for_check(
    connection: Connection,
    ids: Collection[int],
    campaign_ids: Collection[int],
    origin: str,
    since: datetime,
) -> FactsForCheck:
    """What the check at the moment of sending asks of deliveries and of their campaigns, in one
    statement. Contacts are locked, so that two workers can't both find the cap unused (S36): with
    all other numbers of the same person. Then budgets are: who holds one decides what still fits
    into it."""
    given = packed_values(ids)
    if connection.dialect.name == "postgresql":
        connection.execute(_people_locked(), {"ids": given})
    people, closed, budgets = together(
        connection,
        Question(_facts_for_check(), {"ids": given, "since": since}),
        Question(_closed_from(), {"origin": origin}),
        Question(_budgets(), {"campaigns": packed_values(campaign_ids)}),
    )
    return FactsForCheck(
        {row.id: row for row in people},
        frozenset(row.destination for row in closed),
        {row.campaign_id: row for row in budgets},
    )


# Built once: building them takes longer than asking them of a hundred deliveries.


@cache
def _people_locked() -> Select[Any]:
    d, c, mine = DELIVERIES.c, CONTACTS.c, CONTACTS.alias("mine")
    own = select(d.contact_id).where(among(d.id))
    others = (
        select(c.id)
        .join(mine, mine.c.person_id == c.person_id)
        .join(DELIVERIES, d.contact_id == mine.c.id)
        .where(among(d.id))
    )
    everybody = own.union(others).subquery()
    query = select(c.id).where(c.id.in_(select(everybody))).order_by(c.id)
    # One row for all: nobody reads them.
    return select(func.count()).select_from(query.with_for_update().subquery())


@cache
def _facts_for_check() -> Gathered:
    d, c, s = DELIVERIES.c, CONTACTS.c, SAFE.c
    query = (
        select(
            *(d.id, c.number_sealed, c.person_id),
            *(c.consent, c.destination, c.present),
            func.coalesce(s.channel, "").label("safe_channel"),
            func.coalesce(s.hours, "").label("safe_hours"),
            func.coalesce(s.days, "").label("safe_days"),
            func.coalesce(func.nullif(s.language, ""), d.language).label("language"),
            BROADCASTS.c.state.label("broadcast_state"),
            _tried().label("tried_before"),
        )
        .join(CONTACTS, c.id == d.contact_id)
        .join(BROADCASTS, BROADCASTS.c.id == d.broadcast_id)
        .outerjoin(SAFE, s.contact_id == d.contact_id)
        .where(among(d.id))
    )
    return Gathered(query)


@cache
def _words() -> Select[Any]:
    m, w = CAMPAIGNS.c, WORDINGS.c
    said = (w.language, w.channel, w.body, w.parts, w.placeholder, w.way_back)
    query = select(m.id, m.approved, m.purpose, m.validity_seconds, m.sending, *said)
    return query.outerjoin(WORDINGS, w.campaign_id == m.id).where(among(m.id))


@cache
def _recalled() -> Select[Any]:
    d, c, b = DELIVERIES.c, CONTACTS.c, BROADCASTS.c
    query = (
        select(d.id, c.consent, b.state)
        .join(CONTACTS, c.id == d.contact_id)
        .join(BROADCASTS, b.id == d.broadcast_id)
    )
    return query.where(among(d.id), or_(c.consent.in_(_LEFT), b.state == "canceled"))


@cache
def _closed_from() -> Gathered:
    c = CORRIDORS.c
    closed = c.origin == bindparam("origin"), c.is_open.is_(False)
    return Gathered(select(c.destination).where(*closed))


@cache
def _budgets() -> Gathered:
    b = BUDGETS.c
    query = select(BUDGETS).where(among(b.campaign_id, "campaigns")).order_by(b.campaign_id)
    return Gathered(query.with_for_update())


def _tried() -> ColumnElement[int]:
    """How many other broadcasts reached for the person since `since`: an attempt of which nothing
    left does not count."""
    d, c = DELIVERIES.c, CONTACTS.c
    other, twin = DELIVERIES.alias("other"), CONTACTS.alias("twin")
    since = bindparam("since", type_=d.first_tried_at.type)
    tried = (
        select(func.count())
        .select_from(other)
        .where(other.c.first_tried_at >= since, other.c.attempts > 0, other.c.id != d.id)
    )
    own = tried.where(other.c.contact_id == d.contact_id).scalar_subquery()
    twins = (
        tried.join(twin, twin.c.id == other.c.contact_id)
        .where(twin.c.person_id == c.person_id, twin.c.id != c.id)
        .scalar_subquery()
    )
    return own + case((c.person_id.is_(None), 0), else_=twins)


def zones(connection: Connection, attempt_ids: Collection[int]) -> dict[int, str]:
    """The zones of the deliveries of attempts, by attempt."""
    a, d = ATTEMPTS.c, DELIVERIES.c
    query = select(a.id, d.zone).join(DELIVERIES, d.id == a.delivery_id).where(among(a.id))
    rows = connection.execute(query, {"ids": packed_values(attempt_ids)})
    return {row.id: row.zone for row in rows}


def recalled(connection: Connection, ids: Collection[int]) -> Sequence[Any]:
    """Those of the deliveries whose person left, or whose broadcast was canceled, meanwhile."""
    return connection.execute(_recalled(), {"ids": packed_values(ids)}).all()


def cancel_broadcasts(connection: Connection, campaign_id: int) -> int:
    """Cancels a campaign's running broadcasts."""
    b = BROADCASTS.c
    statement = update(BROADCASTS).where(b.campaign_id == campaign_id, b.state == "running")
    return connection.execute(statement.values(state="canceled")).rowcount


def waiting_of_canceled(connection: Connection, limit: int) -> list[int]:
    """Deliveries of canceled broadcasts that nobody holds, locked. Broadcasts that were closed
    (`finished_at`) are not looked at again."""
    d, b = DELIVERIES.c, BROADCASTS.c
    query = (
        select(d.id)
        .join(BROADCASTS, b.id == d.broadcast_id)
        .where(b.state == "canceled", b.finished_at.is_(None), d.state == "pending")
    )
    return list(connection.execute(dialect.locked(connection, query.limit(limit))).scalars())


def close_canceled(connection: Connection, now: datetime) -> None:
    """Closes the canceled broadcasts of which nothing is open."""
    b, d = BROADCASTS.c, DELIVERIES.c
    is_open = exists().where(d.broadcast_id == b.id, d.state.in_(_OPEN))
    connection.execute(
        update(BROADCASTS)
        .where(b.state == "canceled", b.finished_at.is_(None), ~is_open)
        .values(finished_at=now)
    )


def corridors(connection: Connection) -> Sequence[Row[Any]]:
    """Every corridor that somebody turned."""
    query = select(CORRIDORS).order_by(CORRIDORS.c.origin, CORRIDORS.c.destination)
    return connection.execute(query).all()


def put_corridor(connection: Connection, row: Mapping[str, Any]) -> None:
    """Sets a corridor's switch."""
    statement = dialect.insert(connection, CORRIDORS).values(row)
    key = ["origin", "destination"]
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=dict(row)))


def put_budget(connection: Connection, campaign_id: int, limit: int, currency: str) -> None:
    """Sets what a campaign may cost in all; what is held already stays."""
    row = {"campaign_id": campaign_id, "limit_micro": limit, "currency": currency}
    statement = dialect.insert(connection, BUDGETS).values(row | {"held_micro": 0})
    connection.execute(statement.on_conflict_do_update(index_elements=["campaign_id"], set_=row))


def drop_budget(connection: Connection, campaign_id: int) -> None:
    """Lets a campaign cost what it will."""
    connection.execute(BUDGETS.delete().where(BUDGETS.c.campaign_id == campaign_id))


def hold_of_budget(connection: Connection, campaign_id: int, micro: int) -> None:
    """Adds to what a campaign's attempts hold of its budget, if it has one."""
    b = BUDGETS.c
    connection.execute(
        update(BUDGETS).where(b.campaign_id == campaign_id).values(held_micro=b.held_micro + micro)
    )
