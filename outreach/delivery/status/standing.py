"""Tells how sending stands right now, in one frozen value.

Of the lane of answers only how many wait and for how long: no topic and no error, because these are
figures of people who ask for help (S27). They are for operators on this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, Table

from outreach.delivery import switches
from outreach.delivery.pacing.book import Pace, paces
from outreach.delivery.status import queries
from outreach.delivery.stops import notices
from outreach.delivery.stops.notices import NoticeCard
from outreach.delivery.switches import Switch
from outreach.kernel.clock import Clock
from outreach.store import processes
from outreach.store.engine import reading
from outreach.store.processes import Present

_LATELY = timedelta(hours=1)


@dataclass(frozen=True)
class Queue:
    """A lane as it is looked at: its deliveries, and its attempts where errors may be told."""

    name: str
    deliveries: Table
    attempts: Table | None


@dataclass(frozen=True)
class Waiting:
    """Open deliveries of one lane, channel, state and campaign (0: none). `oldest_seconds` is how
    long the first of those that wait is due."""

    lane: str
    channel: str
    state: str
    campaign: int
    number: int
    oldest_seconds: float


@dataclass(frozen=True)
class Trouble:
    """Attempts of the last hour with the same bad end."""

    lane: str
    state: str
    error_class: str
    code: str
    number: int


@dataclass(frozen=True)
class Held:
    """Deliveries that a process has leased; "" is a process that sends alone."""

    lane: str
    process: str
    number: int


@dataclass(frozen=True)
class Standing:
    """All of it; `at` is by the injected clock."""

    at: datetime
    waiting: tuple[Waiting, ...]
    paces: tuple[Pace, ...]
    limits: dict[str, float]
    troubles: tuple[Trouble, ...]
    leases: tuple[Held, ...]
    processes: tuple[Present, ...]
    stops: tuple[Switch, ...]
    notices: tuple[NoticeCard, ...]


def standing(
    engine: Engine, clock: Clock, queues: Sequence[Queue], limits: dict[str, float]
) -> Standing:
    """How the `queues` stand under `limits` (units per second by channel)."""
    now = clock.now()
    with reading(engine) as connection:
        waiting = [row for queue in queues for row in _waiting(connection, queue, now)]
        troubles = [row for queue in queues for row in _troubles(connection, queue, now)]
        leases = [
            Held(queue.name, row.lease_by or "", row.number)
            for queue in queues
            for row in queries.leases(connection, queue.deliveries)
        ]
    return Standing(
        at=now,
        waiting=tuple(waiting),
        paces=paces(engine, limits),
        limits=limits,
        troubles=tuple(troubles),
        leases=tuple(leases),
        processes=processes.present(engine),
        stops=switches.list_on(engine),
        notices=notices.listed(engine),
    )


def _waiting(connection: Connection, queue: Queue, now: datetime) -> list[Waiting]:
    return [
        Waiting(
            queue.name,
            row.channel,
            row.state,
            row.campaign_id,
            row.number,
            _age(row, now),
        )
        for row in queries.depth(connection, queue.deliveries)
    ]


def _age(row: Row[tuple[object, ...]], now: datetime) -> float:
    late: float = (now - row.due_at).total_seconds()
    return max(0.0, late) if row.state == "pending" else 0.0


def _troubles(connection: Connection, queue: Queue, now: datetime) -> list[Trouble]:
    if queue.attempts is None:
        return []
    return [
        Trouble(queue.name, row.state, row.error_class or "", row.error_code or "", row.number)
        for row in queries.errors(connection, queue.attempts, now - _LATELY)
    ]
