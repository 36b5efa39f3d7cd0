"""The lane of broadcasts: decides again at the moment of sending, and writes what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row

from outreach.delivery.lane import Held, Lane, Later, Move, Ready, Verdict, unopened
from outreach.delivery.rules.listening import listened
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault
from outreach.language.denylist import find
from outreach.people import optout
from outreach.planning import queries, retrying
from outreach.planning.audience.queries import DELIVERIES
from outreach.planning.cost import price_of
from outreach.planning.queries import AttemptFact
from outreach.planning.rules import cap, window
from outreach.planning.sending import queries as sending

NAME = "broadcasts"
_OPTED_OUT = "opted_out"
_NOT_TAKEN = frozenset(
    {AttemptState.ERRORED, AttemptState.FAILED, AttemptState.UNKNOWN, AttemptState.CANCELED}
)
_ON_ITS_WAY = frozenset({AttemptState.SUBMITTED, AttemptState.SENT, AttemptState.RINGING})
_forbidden = lru_cache(maxsize=2_000)(find)


def broadcast_lane(vault: Vault, *, loopback: bool) -> Lane:
    """The lane of the register's deliveries. `loopback` says that the gateway is a rehearsal's;
    to any other only approved content and real recordings go (S31)."""

    def check(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> Sequence[Verdict]:
        facts = queries.facts_for_check(connection, [row.id for row in rows], now - cap.WINDOW)
        return [_verdict(vault, facts[row.id], row, now, loopback) for row in rows]

    def addresses(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
        sealed = queries.sealed_numbers(connection, ids)
        return {number: vault.unseal(value) for number, value in sealed.items()}

    def moved(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
        _moved(connection, vault, moves, now)

    return Lane(
        name=NAME,
        tag="b",
        deliveries=DELIVERIES,
        attempts=queries.ATTEMPTS,
        receipts=queries.RECEIPTS,
        check=check,
        recalled=_recalled,
        addresses=addresses,
        policies=retrying.policies,
        moved=moved,
        taken=_taken,
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


def _verdict(
    vault: Vault, known: Row[Any], row: Row[Any], now: datetime, loopback: bool
) -> Verdict:
    reason = _forbidden_because(known, row, loopback)
    if reason:
        return Held(row.id, DeliveryState.SUPPRESSED, reason)
    opens = window.next_open(row.channel, row.zone, now)
    if opens > now:
        if opens >= row.expires_at:
            return Held(row.id, DeliveryState.EXPIRED, "quiet_hours")
        return Later(row.id, opens, "quiet_hours")
    body = known.body if row.channel == "sms" else None
    try:
        number = vault.unseal(known.number_sealed)
    except Unavailable as error:
        return unopened(row.id, error, now)
    return Ready(row.id, number, body, known.parts or 1, known.validity_seconds)


def _forbidden_because(known: Row[Any], row: Row[Any], loopback: bool) -> str | None:
    if known.consent == _OPTED_OUT:
        return _OPTED_OUT
    if known.consent != "consented":
        return "no_consent"
    if known.wording_id is None:
        return "no_wording"
    if not loopback and (not known.approved or known.placeholder):
        return "not_approved"
    if row.first_tried_at is None and cap.exceeded(known.tried_before):
        return "cap"
    if row.channel == "sms" and _forbidden(known.body):
        return "deny_list"
    return None


def _moved(connection: Connection, vault: Vault, moves: Sequence[Move], now: datetime) -> None:
    facts = [fact for move in moves for fact in _facts(move)]
    queries.add_attempt_facts(connection, facts, now)
    left = [move.delivery.id for move in moves if move.error_class == _OPTED_OUT]
    for sealed in queries.sealed_numbers(connection, left).values() if left else ():
        optout.opt_out(connection, vault, vault.unseal(sealed), at=now, source="gateway")


def _taken(connection: Connection, attempts: Sequence[Row[Any]], now: datetime) -> None:
    queries.add_attempt_facts(connection, [_acceptance(attempt) for attempt in attempts], now)


def _facts(move: Move) -> Iterator[AttemptFact]:
    """What a move is worth telling: nothing counts an attempt that is merely on its way."""
    attempt = move.attempt
    if _accepted(move):
        yield _acceptance(attempt)
    completed = move.after is AttemptState.COMPLETED
    if move.after not in _ON_ITS_WAY:
        price = price_of("voice") if completed else None
        yield AttemptFact(
            attempt.id,
            f"attempt.{move.after}",
            move.before or "",
            cost_micro=price.micro if price else 0,
            currency=price.currency if price else "",
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


def _acceptance(attempt: Row[Any]) -> AttemptFact:
    """An SMS is charged when it is accepted, in parts; a call when it is completed."""
    if attempt.channel != "sms":
        return AttemptFact(attempt.id, "attempt.accepted")
    price, parts = price_of("sms"), attempt.parts
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
