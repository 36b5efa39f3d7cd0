"""What sending would cost: an estimate before anything is sent, at the prices at home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

from outreach.content.prices import Prices
from outreach.kernel.clock import Clock
from outreach.planning.audience import queries as audience
from outreach.planning.campaigns import campaign_by_slug
from outreach.planning.sending.check import HOME
from outreach.store.engine import reading


@dataclass(frozen=True)
class Estimate:
    """What a broadcast to today's register would take: messages, parts, calls, and its price."""

    sms: int
    parts: int
    calls: int
    suppressed: int
    cost: Decimal
    currency: str
    as_of: date


def estimate(engine: Engine, clock: Clock, slug: str, prices: Prices) -> Estimate:
    """Counts the audience of a campaign and prices it; nothing is planned or sent.

    Raises NotFound.
    """
    with reading(engine) as connection:
        campaign_id = campaign_by_slug(connection, slug).id
        rows = audience.audience_counts(connection, campaign_id, clock.now())
    sms = sum(r.people for r in rows if r.channel == "sms" and r.may)
    parts = sum(r.people * (r.parts or 0) for r in rows if r.channel == "sms" and r.may)
    calls = sum(r.people for r in rows if r.channel == "voice" and r.may)
    today = clock.now().date()
    price, call = (prices.of(channel, HOME, today) for channel in ("sms", "voice"))
    cost = parts * price.amount + calls * call.amount
    suppressed = sum(r.people for r in rows if not r.may)
    return Estimate(sms, parts, calls, suppressed, cost, price.currency, price.as_of)
