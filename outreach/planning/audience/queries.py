"""The SQL of an audience: who is in it, by which channel, in which language; nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
)

from outreach.content.audience.rule import Rule
from outreach.content.audience.written import stored
from outreach.content.queries import WORDINGS
from outreach.delivery.tables import Delivery
from outreach.kernel.dimensions import PERSONAL
from outreach.people.tables import Contact
from outreach.planning.audience.matching.queries import matches
from outreach.planning.rules.purpose import CAMPAIGN, INVITATION
from outreach.planning.tables import Campaign
from outreach.store.ledger import LEDGER, announce
from outreach.store.types import table_of

CAMPAIGNS = table_of(Campaign)
DELIVERIES = table_of(Delivery)
CONTACTS = table_of(Contact)
# What is said in the contact's language, or in Khmer where the campaign has no other.
FALLBACK = "km"


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
        "state": case((_may(broadcast.purpose), "pending"), else_="suppressed"),
        "reason": _why(broadcast.purpose),
        "channel": _channel(),
        "language": CONTACTS.c.language,
        "zone": CONTACTS.c.timezone,
        "due_at": literal(now, DELIVERIES.c.due_at.type),
        "expires_at": literal(expires, DELIVERIES.c.expires_at.type),
        "attempts": literal(0),
        "updated_at": literal(now, DELIVERIES.c.updated_at.type),
    }
    span = and_(CONTACTS.c.id > broadcast.cursor, CONTACTS.c.id <= upto)
    people = select(*columns.values()).where(span, meant(stored(broadcast.audience), now))
    # Without this option the driver may not tell how many rows an INSERT made.
    statement = insert(DELIVERIES).from_select(list(columns), people)
    made = connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
    _suppressed_facts(connection, broadcast, upto, now)
    return made


def audience_counts(connection: Connection, campaign_id: int, now: datetime) -> Sequence[Row[Any]]:
    """People of a campaign's audience by channel, parts of their text, and whether they may be
    sent to (`may`)."""
    campaign = connection.execute(
        select(CAMPAIGNS.c.audience, CAMPAIGNS.c.purpose).where(CAMPAIGNS.c.id == campaign_id)
    ).one()
    people = (
        select(
            _channel().label("channel"),
            case((_may(campaign.purpose), 1), else_=0).label("may"),
            CONTACTS.c.language,
        )
        .where(meant(stored(campaign.audience), now))
        .subquery()
    )
    wording = wording_id(literal(campaign_id), people.c.language, people.c.channel)
    chosen = select(people.c.channel, people.c.may, wording.label("wording")).subquery()
    query = (
        select(chosen.c.channel, chosen.c.may, WORDINGS.c.parts, func.count().label("people"))
        .select_from(chosen.outerjoin(WORDINGS, WORDINGS.c.id == chosen.c.wording))
        .group_by(chosen.c.channel, chosen.c.may, WORDINGS.c.parts)
    )
    return connection.execute(query).all()


def counted(
    connection: Connection, rule: Rule, now: datetime, since: datetime, by: str
) -> Sequence[Row[Any]]:
    """People whom `rule` means, by their consent, language and channel, `why` planning would
    suppress them ("" where it would not), how many broadcasts they were tried with since `since`,
    and the `value` of a dimension (none where `by` is "")."""
    made = {"": literal(""), "channel": _channel()}
    tried = (
        select(func.count())
        .where(DELIVERIES.c.contact_id == CONTACTS.c.id, DELIVERIES.c.first_tried_at >= since)
        .scalar_subquery()
    )
    people = (
        select(
            CONTACTS.c.consent,
            CONTACTS.c.language,
            _channel().label("channel"),
            _why(CAMPAIGN).label("why"),
            tried.label("tried"),
            (made[by] if by in made else CONTACTS.c[by]).label("value"),
        )
        .where(meant(rule, now))
        .subquery()
    )
    groups = tuple(people.c)
    columns: list[ColumnElement[Any]] = [*groups, func.count().label("people")]
    return connection.execute(select(*columns).group_by(*groups)).all()


def _may(purpose: str) -> ColumnElement[bool]:
    """As `purpose.admits` decides again at the moment of sending."""
    return CONTACTS.c.consent == ("listed" if purpose == INVITATION else "consented")


def _why(purpose: str) -> ColumnElement[str]:
    return case(
        (_may(purpose), ""), (CONTACTS.c.consent == "opted_out", "opted_out"), else_="no_consent"
    )


def _channel() -> ColumnElement[str]:
    """`sms` or `voice`: Khmer script only to phones known to show it, else voice (KHMER.md)."""
    c = CONTACTS.c
    in_doubt = or_(c.reads == "no", and_(c.language == "km", c.shows_khmer != "yes"))
    return case((c.channel.in_(("sms", "voice")), c.channel), (in_doubt, "voice"), else_="sms")


def meant(rule: Rule, now: datetime) -> ColumnElement[bool]:
    """Who a rule means, of those who did not ask to be forgotten."""
    return and_(CONTACTS.c.consent != "forgotten", matches(rule, now))


def wording_id(
    campaign_id: ColumnElement[int],
    language: ColumnElement[str],
    channel: ColumnElement[str],
) -> ColumnElement[int]:
    """The wording that a person gets: in their language, else in Khmer, else NULL."""

    def said_in(spoken: ColumnElement[str]) -> ColumnElement[int]:
        w = WORDINGS.alias()
        query = select(w.c.id).where(w.c.campaign_id == campaign_id, w.c.channel == channel)
        return query.where(w.c.language == spoken).scalar_subquery()

    return func.coalesce(said_in(language), said_in(literal(FALLBACK)))


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
