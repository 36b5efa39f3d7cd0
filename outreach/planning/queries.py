"""The SQL of planning; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Row,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from outreach.delivery.tables import Attempt, Receipt
from outreach.gateways.ports import ErrorClass
from outreach.kernel.dimensions import NOT_ASKED, PERSONAL
from outreach.kernel.ids import public_id
from outreach.people.queries import EVENTS
from outreach.planning.audience.queries import CAMPAIGNS, CONTACTS, DELIVERIES
from outreach.planning.tables import Broadcast, Schedule
from outreach.store import dialect
from outreach.store.ledger import LEDGER, announce
from outreach.store.listed import listed, packed, parted
from outreach.store.types import table_of

SCHEDULES = table_of(Schedule)
BROADCASTS = table_of(Broadcast)
ATTEMPTS = table_of(Attempt)
RECEIPTS = table_of(Receipt)

# Spelt out, so that the index of open deliveries serves it.
_OPEN: list[ColumnElement[str]] = [
    literal_column(f"'{state}'") for state in ("pending", "leased", "trying")
]
# Failures that say something of the number, and nothing of us, our texts or the operators' filters.
_OF_THE_NUMBER = ("", ErrorClass.RETRY_LATER, ErrorClass.RETRY_LITTLE, ErrorClass.NEVER)


class AttemptFact(NamedTuple):
    """What is told of an attempt (see store.ledger.Fact)."""

    attempt_id: int
    kind: str
    detail: str = ""
    amount: int = 0
    cost_micro: int = 0
    currency: str = ""


def put_campaign(connection: Connection, row: Mapping[str, Any]) -> int:
    """Adds a campaign or replaces what it was; returns its id."""
    known = campaign_by_slug(connection, row["slug"])
    if known is None:
        statement = CAMPAIGNS.insert().values(public_id=public_id("ca"), **row)
        return int(connection.execute(statement.returning(CAMPAIGNS.c.id)).scalar_one())
    connection.execute(update(CAMPAIGNS).where(CAMPAIGNS.c.id == known.id).values(row))
    return int(known.id)


def campaign_by_slug(connection: Connection, slug: str) -> Row[Any] | None:
    """A campaign by its folder's name."""
    return connection.execute(select(CAMPAIGNS).where(CAMPAIGNS.c.slug == slug)).first()


def put_schedule(connection: Connection, row: Mapping[str, Any]) -> None:
    """Sets a campaign's one schedule."""
    statement = dialect.insert(connection, SCHEDULES).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["campaign_id"], set_=dict(row))
    )


def due_schedules(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Schedules whose time has come, locked."""
    query = select(SCHEDULES).where(SCHEDULES.c.next_at <= now)
    return connection.execute(dialect.locked(connection, query)).all()


def set_next(connection: Connection, schedule_id: int, next_at: datetime | None) -> None:
    """Sets when a schedule fires next."""
    connection.execute(
        update(SCHEDULES).where(SCHEDULES.c.id == schedule_id).values(next_at=next_at)
    )


def add_broadcast(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds one firing."""
    connection.execute(BROADCASTS.insert().values(row))


def unplanned(connection: Connection) -> Sequence[Any]:
    """Broadcasts that are not planned whole, with what planning needs of their campaign."""
    b, c = BROADCASTS.c, CAMPAIGNS.c
    query = (
        select(b.id, b.campaign_id, b.cursor, b.started_at, c.audience, c.purpose, c.expires_hours)
        .join(CAMPAIGNS, c.id == b.campaign_id)
        .where(b.state == "running", b.cursor >= 0)
    )
    return connection.execute(query).all()


def set_cursor(connection: Connection, broadcast_id: int, cursor: int) -> None:
    """Notes how far a broadcast is planned."""
    connection.execute(
        update(BROADCASTS).where(BROADCASTS.c.id == broadcast_id).values(cursor=cursor)
    )


def finish_broadcasts(connection: Connection, now: datetime) -> int:
    """Finishes planned broadcasts of which nothing is open."""
    b, d = BROADCASTS.c, DELIVERIES.c
    is_open = exists().where(d.broadcast_id == b.id, d.state.in_(_OPEN))
    statement = (
        update(BROADCASTS)
        .where(b.state == "running", b.cursor < 0, ~is_open)
        .values(state="finished", finished_at=now)
    )
    return connection.execute(statement).rowcount


def sealed_numbers(connection: Connection, delivery_ids: Collection[int]) -> dict[int, bytes]:
    """The sealed numbers of deliveries; none of people who were forgotten."""
    query = (
        select(DELIVERIES.c.id, CONTACTS.c.number_sealed)
        .join(CONTACTS, CONTACTS.c.id == DELIVERIES.c.contact_id)
        .where(DELIVERIES.c.id.in_(delivery_ids), CONTACTS.c.number_sealed != b"")
    )
    return {row.id: row.number_sealed for row in connection.execute(query)}


def add_attempt_facts(connection: Connection, facts: Sequence[AttemptFact], now: datetime) -> None:
    """Appends facts about attempts, each with its person's dimensions as they are now."""
    if facts:
        announce(connection)
        names, rows, same = parted(AttemptFact._fields, facts)
        given = {"given": packed(rows), "now": now, **same}
        connection.execute(_attempt_facts(names), given)


def add_delivery_facts(
    connection: Connection, facts: Sequence[tuple[int, str, str]], now: datetime
) -> None:
    """Appends (delivery, kind, detail), each with its person's dimensions as they are now."""
    if facts:
        announce(connection)
        connection.execute(_delivery_facts(), {"given": packed(facts), "now": now})


@cache
def _attempt_facts(names: tuple[str, ...]) -> Insert:
    """Of each fact `names` are given; the rest is alike in all."""
    a, d = ATTEMPTS.c, DELIVERIES.c
    types = {name: LEDGER.c[name].type for name in AttemptFact._fields}
    given = listed({name: types[name] for name in names})
    tries = given.join(ATTEMPTS, a.id == given.c.attempt_id)
    told: dict[str, ColumnElement[Any]] = {
        name: given.c[name] if name in names else bindparam(name, type_=kind)
        for name, kind in types.items()
    }
    told["channel"] = a.channel
    return _facts(tries.join(DELIVERIES, d.id == a.delivery_id), told)


@cache
def _delivery_facts() -> Insert:
    d = DELIVERIES.c
    given = listed({name: LEDGER.c[name].type for name in ("delivery_id", "kind", "detail")})
    told: dict[str, ColumnElement[Any]] = {
        "kind": given.c.kind,
        "detail": given.c.detail,
        "channel": d.channel,
    }
    nothing: dict[str, ColumnElement[Any]] = {
        "amount": literal(0),
        "cost_micro": literal(0),
        "currency": literal(""),
    }
    return _facts(given.join(DELIVERIES, d.id == given.c.delivery_id), told | nothing)


def _facts(deliveries: FromClause, told: Mapping[str, ColumnElement[Any]]) -> Insert:
    d, c = DELIVERIES.c, CONTACTS.c
    columns: dict[str, ColumnElement[Any]] = {
        "at": bindparam("now", type_=LEDGER.c.at.type),
        "contact_id": c.id,
        "campaign_id": d.campaign_id,
        "broadcast_id": d.broadcast_id,
        "delivery_id": d.id,
        **told,
        **{name: func.coalesce(func.nullif(c[name], ""), NOT_ASKED) for name in PERSONAL},
    }
    rows = select(*columns.values()).select_from(deliveries.join(CONTACTS, c.id == d.contact_id))
    return LEDGER.insert().from_select(list(columns), rows, include_defaults=False)


def campaigns(connection: Connection) -> Sequence[Row[Any]]:
    """All campaigns with their schedule."""
    query = (
        select(CAMPAIGNS, SCHEDULES.c.next_at, SCHEDULES.c.rule, SCHEDULES.c.zone)
        .outerjoin(SCHEDULES, SCHEDULES.c.campaign_id == CAMPAIGNS.c.id)
        .order_by(CAMPAIGNS.c.id)
    )
    return connection.execute(query).all()


def broadcasts(connection: Connection) -> Sequence[Row[Any]]:
    """All broadcasts, the newest first."""
    return connection.execute(select(BROADCASTS).order_by(BROADCASTS.c.id.desc())).all()


def sent_since(connection: Connection, at: datetime) -> Sequence[Row[Any]]:
    """Campaigns that were being sent at any time after `at`."""
    b = BROADCASTS.c
    sent = exists().where(
        b.campaign_id == CAMPAIGNS.c.id, or_(b.finished_at.is_(None), b.finished_at > at)
    )
    return connection.execute(select(CAMPAIGNS).where(sent).order_by(CAMPAIGNS.c.slug)).all()


def messages_to(connection: Connection, contact_id: int) -> Sequence[Row[Any]]:
    """A contact's deliveries by campaign, channel and state."""
    d, c = DELIVERIES.c, CAMPAIGNS.c
    columns = (c.slug, d.channel, d.state)
    query = (
        select(*columns, func.count().label("number"))
        .join(CAMPAIGNS, c.id == d.campaign_id)
        .where(d.contact_id == contact_id)
    )
    return connection.execute(query.group_by(*columns).order_by(*columns)).all()


def delivery_counts(connection: Connection) -> Sequence[Row[Any]]:
    """Deliveries by broadcast, channel, state and reason."""
    d = DELIVERIES.c
    query = select(d.broadcast_id, d.channel, d.state, d.reason, func.count().label("number"))
    return connection.execute(query.group_by(d.broadcast_id, d.channel, d.state, d.reason)).all()


def unreached(
    connection: Connection, span: tuple[int, int], since: datetime, least: int, limit: int
) -> Sequence[int]:
    """Contacts with ids in (span] who consent, whom `least` messages failed to reach, the first of
    them before `since`, and who neither got one after it nor said anything of their consent."""
    c, d, e, done = CONTACTS.c, DELIVERIES.c, EVENTS.c, DELIVERIES.alias()
    got_any = exists().where(
        done.c.contact_id == c.id,
        done.c.state == "done",
        done.c.first_tried_at >= d.first_tried_at,
    )
    said_any = exists().where(e.number_key == c.number_key, e.at >= d.first_tried_at)
    failed = exists().where(
        ATTEMPTS.c.delivery_id == d.id,
        ATTEMPTS.c.state.in_(("failed", "errored", "busy", "no_answer")),
        ATTEMPTS.c.error_class.in_(_OF_THE_NUMBER),
    )
    query = (
        select(c.id)
        .where(c.id > span[0], c.id <= span[1], c.consent == "consented", d.contact_id == c.id)
        # Spelled so that the index of failed deliveries serves, for this span of it, and no other:
        # by the state alone all that ever failed would be gone through for each span anew.
        .where(func.coalesce(d.state, literal_column("''")) == literal_column("'failed'"))
        .where(d.contact_id > span[0], d.contact_id <= span[1], failed, ~got_any, ~said_any)
        .group_by(c.id)
        .having(func.count() >= least, func.min(d.first_tried_at) <= since)
        .order_by(c.id)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()
