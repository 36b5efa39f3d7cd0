"""What sending costs: a dated price table, and an estimate before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

from outreach.planning.audience import queries as audience
from outreach.planning.campaigns import campaign_by_slug
from outreach.store.engine import reading


@dataclass(frozen=True)
class Price:
    """Price of one SMS part or one call, as of a date."""

    amount: Decimal
    currency: str
    as_of: date

    @property
    def micro(self) -> int:
        """In millionths of the currency's unit."""
        return int(self.amount * 1_000_000)


# Planning figures for Cambodia, to be replaced by the operator's own contract: they are the
# simulator's prices too, so that a rehearsal's cost can be checked.
_PRICES = {
    "sms": Price(Decimal("0.0350"), "USD", date(2026, 1, 1)),
    "voice": Price(Decimal("0.0600"), "USD", date(2026, 1, 1)),
}


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


def price_of(channel: str) -> Price:
    """The price of a part or a call."""
    return _PRICES[channel]


def estimate(engine: Engine, slug: str) -> Estimate:
    """Counts the audience of a campaign and prices it; nothing is planned or sent.

    Raises NotFound.
    """
    with reading(engine) as connection:
        rows = audience.audience_counts(connection, campaign_by_slug(connection, slug).id)
    sms = sum(r.people for r in rows if r.channel == "sms" and r.may)
    parts = sum(r.people * (r.parts or 0) for r in rows if r.channel == "sms" and r.may)
    calls = sum(r.people for r in rows if r.channel == "voice" and r.may)
    cost = parts * price_of("sms").amount + calls * price_of("voice").amount
    suppressed = sum(r.people for r in rows if not r.may)
    price = price_of("sms")
    return Estimate(sms, parts, calls, suppressed, cost, price.currency, price.as_of)
