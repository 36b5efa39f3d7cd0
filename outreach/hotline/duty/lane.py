"""The lane of alerts to staff: overtakes broadcasts, is never tried again; the next one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.delivery.lane import Held, Lane, Move, Ready, Verdict, opened, unopened
from outreach.delivery.rules.retry import RetryPolicy
from outreach.delivery.rules.states import DeliveryState
from outreach.hotline.duty import queries
from outreach.hotline.rules.answer import ANSWER_WITHIN
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault
from outreach.language.denylist import find
from outreach.language.parts import count
from outreach.staff import roster

NAME = "alerts"
# It names nothing (S1, S2). Khmer awaits native review.
TEXTS = {"km": "សូមមើលបញ្ជី។ អរគុណ។", "en": "Please look at the list. Thank you."}
_IN_VAIN = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.EXPIRED)


def alerts_lane(vault: Vault) -> Lane:
    """The lane of alerts; `vault` is the register's, which seals the numbers of staff."""

    def check(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> Sequence[Verdict]:
        phones = roster.phones(connection, {row.staff_id for row in rows})
        return [_verdict(vault, row, phones.get(row.staff_id), now) for row in rows]

    def addresses(connection: Connection, ids: Sequence[int]) -> Mapping[int, str | None]:
        rows = queries.deliveries(connection, ids)
        phones = roster.phones(connection, {row.staff_id for row in rows})
        known = [row for row in rows if row.staff_id in phones]
        return opened(vault, {row.id: phones[row.staff_id].sealed for row in known})

    return Lane(
        name=NAME,
        tag="w",
        deliveries=queries.DELIVERIES,
        attempts=queries.ATTEMPTS,
        receipts=queries.RECEIPTS,
        check=check,
        recalled=lambda _connection, _ids: (),
        addresses=addresses,
        policies=lambda _connection, rows: {row.id: RetryPolicy(limit=1) for row in rows},
        moved=_moved,
        taken=_no_news,
        ended=_ended,
    )


def text_in(language: str) -> str:
    """What an alert says to somebody who reads `language`."""
    return TEXTS.get(language, TEXTS["en"])


def _verdict(vault: Vault, row: Row[Any], phone: roster.Phone | None, now: datetime) -> Verdict:
    if phone is None:
        return Held(row.id, DeliveryState.SUPPRESSED, "no_number")
    try:
        to = vault.unseal(phone.sealed)
    except Unavailable as error:
        return unopened(row.id, error, now)
    validity = int(ANSWER_WITHIN.total_seconds())
    if row.channel == "voice":
        # That it rings says enough; whoever answers hears nothing, for they may not be alone.
        return Ready(row.id, to, None, 1, validity)
    body = text_in(phone.language)
    if find(body):
        return Held(row.id, DeliveryState.SUPPRESSED, "deny_list")
    return Ready(row.id, to, body, count(body).parts, validity)


def _moved(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
    lost = {m.delivery.staff_id for m in moves if m.delivery_state in _IN_VAIN}
    if lost:
        queries.unheard(connection, lost, now)


def _no_news(_connection: Connection, _attempts: Sequence[Row[Any]], _now: datetime) -> None:
    """An alert that is on its way needs nobody."""


def _ended(connection: Connection, held: Sequence[Held], now: datetime) -> None:
    rows = queries.deliveries(connection, [item.delivery_id for item in held])
    queries.unheard(connection, {row.staff_id for row in rows}, now)
