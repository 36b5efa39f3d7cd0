"""Keeps campaigns within their budgets: an attempt holds its price from the moment it is recorded,
under a lock, so that two workers can't spend the same money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from outreach.content.prices import Price, Prices
from outreach.delivery.lane import Later, Move, Ready, Verdict
from outreach.delivery.stops.notices import tell
from outreach.delivery.stops.queries import BUDGET
from outreach.delivery.switches import turn_on
from outreach.planning.rules.budget import change
from outreach.planning.rules.holidays import country_of
from outreach.planning.sending import queries


def price_of(prices: Prices, channel: str, zone: str, now: datetime) -> Price:
    """What a part or a call costs where the number is."""
    return prices.of(channel, country_of(zone), now.date())


def fit(
    connection: Connection,
    prices: Prices,
    budgets: Mapping[int, Any],
    rows: Sequence[Row[Any]],
    verdicts: Sequence[Verdict],
    now: datetime,
) -> Sequence[Verdict]:
    """`verdicts` as far as the locked `budgets` of campaigns go; the rest waits, and the campaign
    is paused. The verdicts are in the order of `rows`."""
    if not budgets:
        return verdicts
    held: Counter[int] = Counter()
    spent: dict[int, str] = {}
    fitting: list[Verdict] = []
    for row, verdict in zip(rows, verdicts, strict=True):
        budget = budgets.get(row.campaign_id)
        if budget is None or not isinstance(verdict, Ready):
            fitting.append(verdict)
            continue
        price = price_of(prices, row.channel, row.zone, now)
        cost = price.micro * verdict.parts
        left = budget.limit_micro - budget.held_micro - held[row.campaign_id]
        unlike = price.currency != budget.currency
        if row.campaign_id in spent or unlike or cost > left:
            spent[row.campaign_id] = _detail(budget, price)
            fitting.append(Later(row.id, now, "budget"))
        else:
            held[row.campaign_id] += cost
            fitting.append(verdict)
    for campaign_id, micro in held.items():
        queries.hold_of_budget(connection, campaign_id, micro)
    for campaign_id, detail in sorted(spent.items()):
        scope = f"campaign:{campaign_id}"
        turn_on(connection, scope, reason=detail, by=BUDGET, now=now)
        tell(connection, "budget", scope, detail, now)
    return fitting


def settle(connection: Connection, prices: Prices, moves: Sequence[Move], now: datetime) -> None:
    """Gives back what attempts held that turned out to cost nothing."""
    changes: Counter[int] = Counter()
    for move in moves:
        attempt, row = move.attempt, move.delivery
        if move.before is None:
            continue
        sign = change(attempt.channel, move.before, move.after, accepted=attempt.sid is not None)
        if sign:
            price = price_of(prices, attempt.channel, row.zone, now)
            changes[row.campaign_id] += sign * price.micro * attempt.parts
    for campaign_id in sorted(changes):
        queries.hold_of_budget(connection, campaign_id, changes[campaign_id])


def _detail(budget: Row[Any], price: Price) -> str:
    if price.currency != budget.currency:
        return f"The budget is in {budget.currency}, the price in {price.currency}."
    return (
        f"The budget of {Decimal(budget.limit_micro) / 1_000_000:.2f} {budget.currency} is used up."
    )
