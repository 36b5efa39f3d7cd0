"""A lane: the tables that the pipeline works on, and what only their owner can decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, Row, Table

from outreach.delivery.rules.retry import RetryPolicy
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault

log = structlog.get_logger(__name__)


class Ready(NamedTuple):
    """May go now. `body` is the SMS (None for a call); `validity` is in seconds."""

    delivery_id: int
    to: str
    body: str | None
    parts: int
    validity: int

    def __repr__(self) -> str:
        return f"<Ready {self.delivery_id}>"


@dataclass(frozen=True)
class Held:
    """Must not go: the delivery ends in `state` with `reason`."""

    delivery_id: int
    state: DeliveryState
    reason: str


@dataclass(frozen=True)
class Later:
    """May not go before `at` (quiet hours, a holiday)."""

    delivery_id: int
    at: datetime
    reason: str


Verdict = Ready | Held | Later
# How long a message waits for the key of a setting that is being corrected.
_KEY_PAUSE = timedelta(seconds=30)


def unopened(delivery_id: int, error: Unavailable, now: datetime) -> Later:
    """The verdict on a delivery whose address or text does not open, because its key is not in this
    process's setting: it keeps its turn and waits, and the others go."""
    _tell(delivery_id, error)
    return Later(delivery_id, now + _KEY_PAUSE, "not_opened")


def opened(vault: Vault, sealed: Mapping[int, bytes]) -> dict[int, str | None]:
    """The sealed numbers of deliveries; None for one that does not open for that reason."""
    numbers: dict[int, str | None] = {}
    for delivery_id, value in sealed.items():
        try:
            numbers[delivery_id] = vault.unseal(value)
        except Unavailable as error:
            _tell(delivery_id, error)
            numbers[delivery_id] = None
    return numbers


def _tell(delivery_id: int, error: Unavailable) -> None:
    log.error("a message does not open and waits", delivery=delivery_id, error=error.message)


@dataclass(frozen=True)
class Move:
    """An attempt went from `before` to `after`, and its delivery to `delivery_state`."""

    attempt: Row[Any]
    delivery: Row[Any]
    before: AttemptState | None
    after: AttemptState
    delivery_state: DeliveryState
    reason: str
    error_class: str
    heard_seconds: int | None


@dataclass(frozen=True)
class Lane:
    """Which tables, whose rules.

    `check(connection, deliveries, now)` decides again at the moment of sending, one verdict per
    row; `recalled(connection, ids)` says which of those that were let go must not leave after all.
    `addresses` gives the numbers of deliveries, to find a lost message: none for who was forgotten,
    None for one that does not open (`opened`). `policies` gives the retry policy of deliveries.
    `moved` hears of every move, in its transaction (facts, alerts).
    `taken` hears of attempts (id, channel, parts) that the gateway took as they were recorded,
    many at a time; of their move `moved` does not hear. `tag` begins the public ids of its
    attempts, so that a report finds its lane.
    """

    name: str
    tag: str
    deliveries: Table
    attempts: Table
    receipts: Table
    check: Callable[[Connection, Sequence[Row[Any]], datetime], Sequence[Verdict]]
    recalled: Callable[[Connection, Sequence[int]], Sequence[Held]]
    addresses: Callable[[Connection, Sequence[int]], Mapping[int, str | None]]
    policies: Callable[[Connection, Sequence[Row[Any]]], Mapping[int, RetryPolicy]]
    moved: Callable[[Connection, Sequence[Move], datetime], None]
    taken: Callable[[Connection, Sequence[Row[Any]], datetime], None]
    ended: Callable[[Connection, Sequence[Held], datetime], None]


def of_attempt(lanes: Sequence[Lane], public_id: str) -> Lane | None:
    """The lane that an attempt's public id belongs to, or None for an id that isn't ours."""
    tag = public_id.partition("_")[0]
    return next((lane for lane in lanes if lane.tag == tag), None)
