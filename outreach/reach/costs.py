"""What messages cost, as it may leave the organisation (S27): by currency, never added up.

An amount at known prices is a number of messages, and so nearly one of people: it is hidden where
few were paid for in its currency, or few were called or answered (the rest of it is of SMS).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from outreach.reach import queries
from outreach.reach.chunk import begin_of, end_of
from outreach.reach.rules.suppression import small


@dataclass(frozen=True)
class PublishedCost:
    """Airtime at planning prices in one currency; None is hidden."""

    currency: str
    amount: Decimal | None


def published_costs(
    connection: Connection,
    costs: Mapping[str, Decimal],
    people: Mapping[str, int | None],
    since: date | None,
    until: date | None,
) -> tuple[PublishedCost, ...]:
    """`costs` of a period by currency, the largest first; `people` are as they are published."""
    paid = queries.paid_for(connection, begin_of(since), end_of(until))
    few = people["called"] is None or people["answered"] is None
    return tuple(
        PublishedCost(currency, None if few or small(paid.get(currency, 0)) else amount)
        for currency, amount in sorted(costs.items(), key=lambda item: (-item[1], item[0]))
        if amount
    )
