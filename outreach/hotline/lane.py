"""The lane of answers: overtakes broadcasts, is never retried, alerts a person when it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row

from outreach.delivery.lane import Held, Lane, Move, Ready, Verdict, opened, unopened
from outreach.delivery.rules.retry import RetryPolicy
from outreach.delivery.rules.states import DeliveryState
from outreach.delivery.stops.queries import scopes
from outreach.delivery.switches import ANSWERS
from outreach.hotline import queries
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault
from outreach.language.denylist import find

NAME = "answers"
_TROUBLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.EXPIRED)


def answers_lane(help_vault: Vault) -> Lane:
    """The lane of the sealed help store's own deliveries."""

    def check(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> Sequence[Verdict]:
        looked = cache(find)  # few different answers go to many people
        stopped = {item.delivery_id: item for item in _stopped(rows)} if _quiet(connection) else {}
        return [stopped.get(row.id) or _verdict(help_vault, row, now, looked) for row in rows]

    def recalled(connection: Connection, ids: Sequence[int]) -> Sequence[Held]:
        # An answer is due whatever the person's consent (S12a); its loop limit was asked before.
        return _stopped(queries.deliveries(connection, ids)) if _quiet(connection) else ()

    def addresses(connection: Connection, ids: Sequence[int]) -> Mapping[int, str | None]:
        rows = queries.deliveries(connection, ids)
        # One that was emptied (S20, S23) is looked for nowhere.
        sealed = {row.id: row.address_sealed for row in rows if row.address_sealed}
        return opened(help_vault, sealed)

    return Lane(
        name=NAME,
        tag="h",
        deliveries=queries.DELIVERIES,
        attempts=queries.ATTEMPTS,
        receipts=queries.RECEIPTS,
        check=check,
        recalled=recalled,
        addresses=addresses,
        policies=_never_again,
        moved=_moved,
        taken=_no_news,
        ended=_ended,
    )


def _quiet(connection: Connection) -> bool:
    """Whether automatic answers are stopped, such as for having done harm (S35)."""
    return ANSWERS in scopes(connection)


def _stopped(rows: Sequence[Row[Any]]) -> list[Held]:
    """What does not go then: a person is told at once, and what they write goes."""
    return [Held(row.id, DeliveryState.SUPPRESSED, "paused") for row in rows if not row.author]


def _verdict(
    help_vault: Vault, row: Row[Any], now: datetime, gives_away: Callable[[str], object]
) -> Verdict:
    try:
        to, body = help_vault.unseal(row.address_sealed), help_vault.unseal(row.body_sealed)
    except Unavailable as error:
        return unopened(row.id, error, now)
    if gives_away(body):
        return Held(row.id, DeliveryState.SUPPRESSED, "deny_list")
    # The operator drops it too, if it can't deliver it in time.
    validity = max(1, int((row.expires_at - now).total_seconds()))
    return Ready(row.id, to, body, row.parts, validity)


def _never_again(_connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[int, RetryPolicy]:
    # S9: an answer that comes hours later may be read by somebody else.
    return {row.id: RetryPolicy(limit=1) for row in rows}


def _moved(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
    for move in moves:
        if move.delivery_state in _TROUBLE:
            queries.add_alert(connection, "answer_failed", move.delivery.reference, now)


def _no_news(_connection: Connection, _attempts: Sequence[Row[Any]], _now: datetime) -> None:
    """An answer that is on its way needs nobody."""


def _ended(connection: Connection, held: Sequence[Held], now: datetime) -> None:
    rows = {row.id: row for row in queries.deliveries(connection, [h.delivery_id for h in held])}
    for item in held:
        queries.add_alert(connection, "answer_dropped", rows[item.delivery_id].reference, now)
