"""The lane of broadcasts: decides again at the moment of sending, and writes what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Row

from outreach.content.prices import Price, Prices
from outreach.delivery.lane import Held, Lane, Move, opened
from outreach.delivery.rules.listening import listened
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.kernel.sealing import Vault
from outreach.people import optout
from outreach.planning import queries, retrying
from outreach.planning.audience.queries import DELIVERIES
from outreach.planning.queries import AttemptFact
from outreach.planning.sending import queries as sending
from outreach.planning.sending import spending
from outreach.planning.sending.check import Road, checker

NAME = "broadcasts"
_OPTED_OUT = "opted_out"
_NOT_TAKEN = frozenset(
    {AttemptState.ERRORED, AttemptState.FAILED, AttemptState.UNKNOWN, AttemptState.CANCELED}
)
_ON_ITS_WAY = frozenset({AttemptState.SUBMITTED, AttemptState.SENT, AttemptState.RINGING})


def broadcast_lane(vault: Vault, road: Road, *, prices: Prices) -> Lane:
    """The lane of the register's deliveries, which leave by `road`."""

    def addresses(connection: Connection, ids: Sequence[int]) -> Mapping[int, str | None]:
        return opened(vault, queries.sealed_numbers(connection, ids))

    def moved(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
        _moved(connection, prices, moves, now)

    def taken(connection: Connection, attempts: Sequence[Row[Any]], now: datetime) -> None:
        _taken(connection, prices, attempts, now)

    return Lane(
        name=NAME,
        tag="b",
        deliveries=DELIVERIES,
        attempts=queries.ATTEMPTS,
        receipts=queries.RECEIPTS,
        check=checker(vault, prices, road),
        recalled=_recalled,
        addresses=addresses,
        policies=retrying.policies,
        moved=moved,
        taken=taken,
        ended=_ended,
    )


def _recalled(connection: Connection, ids: Sequence[int]) -> Sequence[Held]:
    held = []
    for row in sending.recalled(connection, ids):
        if row.state == "canceled":
            held.append(Held(row.id, DeliveryState.CANCELED, "canceled"))
        else:
            reason = _OPTED_OUT if row.consent == _OPTED_OUT else "no_consent"
            held.append(Held(row.id, DeliveryState.SUPPRESSED, reason))
    return held


def _moved(connection: Connection, prices: Prices, moves: Sequence[Move], now: datetime) -> None:
    spending.settle(connection, prices, moves, now)
    facts = [fact for move in moves for fact in _facts(move, _price(prices, move, now))]
    queries.add_attempt_facts(connection, facts, now)
    left = {move.delivery.contact_id for move in moves if move.error_class == _OPTED_OUT}
    for contact_id in sorted(left):
        optout.opt_out_contact(connection, contact_id, at=now, source="gateway")


def _taken(
    connection: Connection, prices: Prices, attempts: Sequence[Row[Any]], now: datetime
) -> None:
    # Where they live is looked up only if prices depend on it.
    ids = [attempt.id for attempt in attempts] if prices.by_country else []
    zones = sending.zones(connection, ids) if ids else {}
    price_of = cache(partial(spending.price_of, prices, now=now))
    facts = [_acceptance(a, price_of(a.channel, zones.get(a.id, ""))) for a in attempts]
    queries.add_attempt_facts(connection, facts, now)


def _price(prices: Prices, move: Move, now: datetime) -> Price:
    return spending.price_of(prices, move.attempt.channel, move.delivery.zone, now)


def _facts(move: Move, price: Price) -> Iterator[AttemptFact]:
    """What a move is worth telling: nothing counts an attempt that is merely on its way."""
    attempt = move.attempt
    if _accepted(move):
        yield _acceptance(attempt, price)
    completed = move.after is AttemptState.COMPLETED
    if move.after not in _ON_ITS_WAY:
        yield AttemptFact(
            attempt.id,
            f"attempt.{move.after}",
            move.before or "",
            cost_micro=price.micro if completed else 0,
            currency=price.currency if completed else "",
        )
    if completed and move.heard_seconds is not None:
        share = "listened" if listened(move.heard_seconds, attempt.play_seconds or 0) else "partial"
        yield AttemptFact(attempt.id, "call.heard", share, amount=move.heard_seconds)


def _accepted(move: Move) -> bool:
    """Whether this move is the first sign that the gateway took the attempt."""
    unsure = move.before is AttemptState.SUBMITTING or (
        move.before is AttemptState.UNKNOWN and move.attempt.sid is None
    )
    return unsure and move.after not in _NOT_TAKEN


def _acceptance(attempt: Row[Any], price: Price) -> AttemptFact:
    """An SMS is charged when it is accepted, in parts; a call when it is completed."""
    if attempt.channel != "sms":
        return AttemptFact(attempt.id, "attempt.accepted")
    parts = attempt.parts
    return AttemptFact(
        attempt.id,
        "attempt.accepted",
        amount=parts,
        cost_micro=price.micro * parts,
        currency=price.currency,
    )


def _ended(connection: Connection, held: Sequence[Held], now: datetime) -> None:
    queries.add_delivery_facts(
        connection,
        [(item.delivery_id, f"delivery.{item.state}", item.reason) for item in held],
        now,
    )
