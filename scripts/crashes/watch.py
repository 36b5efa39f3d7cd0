"""Waits until nothing moves any more, and puts the clock on to whatever is due next."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, Table, func, select

from outreach.delivery.tables import Attempt, Delivery
from outreach.hotline.tables import HelpAttempt, HelpDelivery
from outreach.planning.tables import Broadcast, Schedule
from outreach.store.engine import reading
from outreach.store.types import table_of
from scripts.crashes.world import PATIENCE, World
from scripts.rehearsal.network import Network

LANES: tuple[tuple[Table, Table], ...] = (
    (table_of(Delivery), table_of(Attempt)),
    (table_of(HelpDelivery), table_of(HelpAttempt)),
)
_BROADCASTS = table_of(Broadcast)
_SCHEDULES = table_of(Schedule)
OPEN_DELIVERIES = ("pending", "leased", "trying")
_OPEN_ATTEMPTS = ("submitting", "submitted", "sent", "ringing", "answered")
_LOOK_SECONDS = 0.15
# Longer than a request can be under way, so that none is when the clock leaps.
_QUIET_SECONDS = PATIENCE + 0.1
# Calls and late reports run on the network's clock: it is given more time.
_PATIENT_SECONDS = 2.0
_MARGIN = timedelta(seconds=5)
_ABSENT, _SILENT = timedelta(minutes=10), timedelta(minutes=30)
_LOOK_AGAIN = timedelta(minutes=2)


class Watch:
    """Watches one world."""

    def __init__(self, world: World, engine: Engine, network: Network) -> None:
        self._world, self._engine, self._network = world, engine, network

    def settle(self, seconds: float) -> bool:
        """Until all is final, or a sender is dead; False if neither within `seconds`."""
        deadline = time.monotonic() + seconds
        seen, since = self._movement(), time.monotonic()
        while time.monotonic() < deadline:
            if not self._world.alive:
                return True
            time.sleep(_LOOK_SECONDS)
            now = self._movement()
            if now != seen:
                seen, since = now, time.monotonic()
                continue
            quiet = time.monotonic() - since
            if quiet < (_PATIENT_SECONDS if now[-1] else _QUIET_SECONDS):
                continue
            following = self._next()
            if following is None:
                return True
            self._world.skip(max(following - self._world.clock.now(), timedelta(0)) + _MARGIN)
            since = time.monotonic()
        return False

    def _movement(self) -> tuple[Any, ...]:
        found: list[Any] = []
        with reading(self._engine) as connection:
            for table in (t for lane in LANES for t in lane):
                query = select(table.c.state, func.count(), func.max(table.c.updated_at))
                found += [tuple(row) for row in connection.execute(query.group_by(table.c.state))]
            found.append(connection.execute(select(func.sum(_BROADCASTS.c.cursor))).scalar())
        return (*found, self._network.pending())

    def _next(self) -> datetime | None:
        """When something is due that does not move by itself; None when all is final."""
        times: list[datetime] = []
        with reading(self._engine) as connection:
            for deliveries, attempts in LANES:
                d, a = deliveries.c, attempts.c
                waiting = select(deliveries).where(d.state.in_(("pending", "leased")))
                times += [
                    row.lease_until if row.state == "leased" else row.due_at
                    for row in connection.execute(waiting)
                ]
                under_way = select(attempts, d.state.label("delivery")).join(
                    deliveries, d.id == a.delivery_id
                )
                rows = connection.execute(under_way.where(a.state.in_(_OPEN_ATTEMPTS))).all()
                times += [_due(row) for row in rows if row.delivery in OPEN_DELIVERIES]
            unplanned = select(_BROADCASTS.c.started_at).where(_BROADCASTS.c.cursor >= 0)
            times += list(connection.execute(unplanned).scalars())
            fires = select(_SCHEDULES.c.next_at).where(_SCHEDULES.c.next_at.is_not(None))
            times += list(connection.execute(fires).scalars())
        return min(times, default=None)


def states(engine: Engine) -> Counter[str]:
    """The broadcast's deliveries by state."""
    table = LANES[0][0]
    with reading(engine) as connection:
        rows = connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
        return Counter({row[0]: row[1] for row in rows})


def rows_of(engine: Engine, table: Table) -> Sequence[Row[Any]]:
    """All rows of a table."""
    with reading(engine) as connection:
        return connection.execute(table.select().order_by(table.c.id)).all()


def _due(row: Row[Any]) -> datetime:
    """When something is known of an open attempt: a look-up, a poll, its horizon."""
    if row.state == "submitting":
        absent: datetime = row.submitting_at + _ABSENT
        return max(absent, row.polled_at + _LOOK_AGAIN) if row.polled_at else absent
    if row.polled_at is None:
        return min(row.updated_at + _SILENT, row.horizon_at)
    soonest: datetime = row.polled_at + _SILENT
    return max(soonest, row.horizon_at)
