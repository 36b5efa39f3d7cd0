"""The SQL of planning; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from outreach.content.queries import WORDINGS
from outreach.delivery.tables import Attempt, Delivery, Receipt
from outreach.kernel.dimensions import NOT_ASKED, PERSONAL
from outreach.kernel.ids import public_id
from outreach.people.tables import Contact
from outreach.planning.tables import Broadcast, Campaign, Schedule
from outreach.store import dialect
from outreach.store.ledger import LEDGER, announce

CAMPAIGNS: Table = Campaign.__table__  # type: ignore[attr-defined]
SCHEDULES: Table = Schedule.__table__  # type: ignore[attr-defined]
BROADCASTS: Table = Broadcast.__table__  # type: ignore[attr-defined]
DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
ATTEMPTS: Table = Attempt.__table__  # type: ignore[attr-defined]
RECEIPTS: Table = Receipt.__table__  # type: ignore[attr-defined]
CONTACTS: Table = Contact.__table__  # type: ignore[attr-defined]

_OPEN = ("pending", "leased", "trying")
# What is said in the contact's language, or in Khmer where the campaign has no other.
_FALLBACK = "km"


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


def retry_of(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The retry policies of campaigns, as stored."""
    query = select(CAMPAIGNS.c.id, CAMPAIGNS.c.retry).where(CAMPAIGNS.c.id.in_(ids))
    return {row.id: row.retry for row in connection.execute(query)}


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
        select(b.id, b.campaign_id, b.cursor, b.started_at, c.provinces, c.expires_hours)
        .join(CAMPAIGNS, c.id == b.campaign_id)
        .where(b.state == "running", b.cursor >= 0)
    )
    return connection.execute(query).all()


def chunk_end(connection: Connection, after: int, size: int) -> int | None:
    """The last contact id of the next `size` contacts after `after`; None if there is none."""
    ids = select(CONTACTS.c.id).where(CONTACTS.c.id > after).order_by(CONTACTS.c.id).limit(size)
    last: int | None = connection.execute(select(func.max(ids.subquery().c.id))).scalar_one()
    return last


def plan_chunk(
    connection: Connection, broadcast: Row[Any], upto: int, now: datetime, expires: datetime
) -> int:
    """Makes the deliveries of contacts in (cursor, upto]; suppressed ones say why, as facts too."""
    columns = {
        "broadcast_id": literal(broadcast.id),
        "campaign_id": literal(broadcast.campaign_id),
        "contact_id": CONTACTS.c.id,
        "state": case((_may(), "pending"), else_="suppressed"),
        "reason": _why(),
        "channel": _channel(),
        "language": CONTACTS.c.language,
        "zone": CONTACTS.c.timezone,
        "due_at": literal(now, DELIVERIES.c.due_at.type),
        "expires_at": literal(expires, DELIVERIES.c.expires_at.type),
        "attempts": literal(0),
        "updated_at": literal(now, DELIVERIES.c.updated_at.type),
    }
    span = and_(CONTACTS.c.id > broadcast.cursor, CONTACTS.c.id <= upto)
    people = select(*columns.values()).where(span, _audience(broadcast.provinces))
    # Without this option the driver may not tell how many rows an INSERT made.
    statement = insert(DELIVERIES).from_select(list(columns), people)
    made = connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
    _suppressed_facts(connection, broadcast, upto, now)
    return made


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


def facts_for_check(
    connection: Connection, ids: Collection[int], since: datetime
) -> dict[int, Any]:
    """All that the check at the moment of sending needs, by delivery; contacts are locked, so that
    two workers can't both find the cap unused (S36)."""
    d, c, w, m = DELIVERIES.c, CONTACTS.c, WORDINGS.c, CAMPAIGNS.c
    people = select(d.contact_id).where(d.id.in_(ids))
    locks = select(c.id).where(c.id.in_(people)).order_by(c.id)
    connection.execute(dialect.locked(connection, locks)).all()
    other = DELIVERIES.alias("other")
    tried = (
        select(func.count())
        .where(other.c.contact_id == d.contact_id, other.c.first_tried_at >= since)
        .where(other.c.id != d.id)
        .scalar_subquery()
    )
    query = (
        select(
            d.id,
            c.consent,
            c.number_sealed,
            w.id.label("wording_id"),
            w.body,
            w.parts,
            w.placeholder,
            m.approved,
            m.validity_seconds,
            tried.label("tried_before"),
        )
        .join(CONTACTS, c.id == d.contact_id)
        .join(CAMPAIGNS, m.id == d.campaign_id)
        .outerjoin(WORDINGS, w.id == _wording_id(d.campaign_id, d.language, d.channel))
        .where(d.id.in_(ids))
    )
    return {row.id: row for row in connection.execute(query)}


def sealed_numbers(connection: Connection, delivery_ids: Collection[int]) -> dict[int, bytes]:
    """The sealed numbers of deliveries."""
    query = (
        select(DELIVERIES.c.id, CONTACTS.c.number_sealed)
        .join(CONTACTS, CONTACTS.c.id == DELIVERIES.c.contact_id)
        .where(DELIVERIES.c.id.in_(delivery_ids))
    )
    return {row.id: row.number_sealed for row in connection.execute(query)}


def dimensions(connection: Connection, contact_ids: Collection[int]) -> dict[int, Row[Any]]:
    """Contacts with the dimensions that facts snapshot."""
    query = select(CONTACTS).where(CONTACTS.c.id.in_(contact_ids))
    return {row.id: row for row in connection.execute(query)}


def ended_with_people(connection: Connection, delivery_ids: Collection[int]) -> Sequence[Row[Any]]:
    """Contacts of deliveries, with the delivery's own ids."""
    d = DELIVERIES.c
    query = (
        select(CONTACTS, d.id.label("delivery_id"), d.campaign_id, d.broadcast_id, d.channel)
        .join(DELIVERIES, d.contact_id == CONTACTS.c.id)
        .where(d.id.in_(delivery_ids))
    )
    return connection.execute(query).all()


def as_dimensions(person: Row[Any]) -> dict[str, Any]:
    """The dimensions of a contact, for a Fact."""
    return {name: getattr(person, name) or NOT_ASKED for name in PERSONAL}


def audience_counts(connection: Connection, campaign_id: int) -> Sequence[Row[Any]]:
    """People of a campaign's audience by channel, parts of their text, and whether they may be
    sent to (`may`)."""
    campaign = connection.execute(
        select(CAMPAIGNS.c.provinces).where(CAMPAIGNS.c.id == campaign_id)
    ).one()
    people = (
        select(
            _channel().label("channel"),
            case((_may(), 1), else_=0).label("may"),
            CONTACTS.c.language,
        )
        .where(_audience(campaign.provinces))
        .subquery()
    )
    wording = _wording_id(literal(campaign_id), people.c.language, people.c.channel)
    chosen = select(people.c.channel, people.c.may, wording.label("wording")).subquery()
    query = (
        select(chosen.c.channel, chosen.c.may, WORDINGS.c.parts, func.count().label("people"))
        .select_from(chosen.outerjoin(WORDINGS, WORDINGS.c.id == chosen.c.wording))
        .group_by(chosen.c.channel, chosen.c.may, WORDINGS.c.parts)
    )
    return connection.execute(query).all()


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


def delivery_counts(connection: Connection) -> Sequence[Row[Any]]:
    """Deliveries by broadcast, channel, state and reason."""
    d = DELIVERIES.c
    query = select(d.broadcast_id, d.channel, d.state, d.reason, func.count().label("number"))
    return connection.execute(query.group_by(d.broadcast_id, d.channel, d.state, d.reason)).all()


def _may() -> ColumnElement[bool]:
    return CONTACTS.c.consent == "consented"


def _why() -> ColumnElement[str]:
    return case((_may(), ""), (CONTACTS.c.consent == "opted_out", "opted_out"), else_="no_consent")


def _channel() -> ColumnElement[str]:
    """`sms` or `voice`: Khmer script only to phones known to show it, else voice (KHMER.md)."""
    c = CONTACTS.c
    in_doubt = or_(c.reads == "no", and_(c.language == "km", c.shows_khmer != "yes"))
    return case((c.channel.in_(("sms", "voice")), c.channel), (in_doubt, "voice"), else_="sms")


def _audience(provinces: Sequence[str]) -> ColumnElement[bool]:
    return CONTACTS.c.province.in_(provinces) if provinces else literal(True)


def _wording_id(
    campaign_id: ColumnElement[int],
    language: ColumnElement[str],
    channel: ColumnElement[str],
) -> ColumnElement[int]:
    def said_in(spoken: ColumnElement[str]) -> ColumnElement[int]:
        w = WORDINGS.alias()
        query = select(w.c.id).where(w.c.campaign_id == campaign_id, w.c.channel == channel)
        return query.where(w.c.language == spoken).scalar_subquery()

    return func.coalesce(said_in(language), said_in(literal(_FALLBACK)))


def _suppressed_facts(
    connection: Connection, broadcast: Row[Any], upto: int, now: datetime
) -> None:
    d, c = DELIVERIES.c, CONTACTS.c
    columns: dict[str, ColumnElement[Any]] = {
        "kind": literal("delivery.suppressed"),
        "at": literal(now, LEDGER.c.at.type),
        "contact_id": c.id,
        "campaign_id": d.campaign_id,
        "broadcast_id": d.broadcast_id,
        "delivery_id": d.id,
        "channel": d.channel,
        "detail": d.reason,
        "amount": literal(0),
        "cost_micro": literal(0),
        "currency": literal(""),
    } | {name: c[name] for name in PERSONAL}
    rows = (
        select(*columns.values())
        .join(DELIVERIES, d.contact_id == c.id)
        .where(d.broadcast_id == broadcast.id, d.state == "suppressed")
        .where(d.contact_id > broadcast.cursor, d.contact_id <= upto)
    )
    announce(connection)
    connection.execute(insert(LEDGER).from_select(list(columns), rows))
