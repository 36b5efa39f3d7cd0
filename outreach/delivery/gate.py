"""The last look before a request leaves: a stop holds back what is recorded and has not left yet.

Between the record and the request lie the pace and the wait for a free connection, which may be
long. So within every fifth of a second the kill switches and the lane are asked once more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Engine

from outreach.delivery import queries
from outreach.delivery.claiming import Outgoing, is_stopped
from outreach.delivery.lane import Lane
from outreach.delivery.progress import News, apply
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.delivery.stopping import hold
from outreach.delivery.stops.queries import brakes
from outreach.kernel.clock import Clock
from outreach.store.engine import reading, transaction

log = structlog.get_logger(__name__)

FRESH_SECONDS = 0.2
# The next look begins so long after the last one, so that nothing usually waits for it.
_AHEAD_SECONDS = 0.12
WITHDRAWN = "withdrawn"


class Gate:
    """Of one lane in one process. `in_thread` runs what writes, in the thread that does so."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        lane: Lane,
        in_thread: Callable[..., Awaitable[Any]],
    ) -> None:
        self._engine, self._clock, self._lane, self._in_thread = engine, clock, lane, in_thread
        self._recorded: dict[int, Outgoing] = {}
        self._looked = 0.0
        self._looking: asyncio.Task[None] | None = None

    def expect(self, outgoing: Sequence[Outgoing]) -> None:
        """Takes in what is recorded and is to leave."""
        self._recorded |= {item.delivery_id: item for item in outgoing}

    async def passes(self, item: Outgoing) -> bool:
        """Whether `item` may leave now; asked once, right before its request."""
        age = time.monotonic() - self._looked
        if self._looking is None and age > _AHEAD_SECONDS:
            self._looking = asyncio.create_task(self._look())
        if age > FRESH_SECONDS:
            await self.settle()
        return self._recorded.pop(item.delivery_id, None) is not None

    async def settle(self) -> None:
        """Waits for the look that is under way, and until what it stopped is withdrawn."""
        if self._looking is not None:
            await asyncio.shield(self._looking)

    async def _look(self) -> None:
        try:
            looked = time.monotonic()
            # A reader needs no turn in the thread that writes.
            ids = list(self._recorded)
            stopped = await asyncio.to_thread(_stopped, self._engine, self._lane, ids)
            # What left meanwhile did so on the look before, which was fresh.
            items = [self._recorded.pop(number) for number in stopped if number in self._recorded]
            self._looked = looked
            if items:
                await self._in_thread(withdraw, self._engine, self._clock, self._lane, items)
        finally:
            self._looking = None


def _stopped(engine: Engine, lane: Lane, ids: Sequence[int]) -> list[int]:
    """Those of the deliveries `ids` that must not leave."""
    with reading(engine) as connection:
        on = brakes(connection)
        held = {item.delivery_id for item in lane.recalled(connection, ids)}
        # Such a one waited so long that it was given up and goes again elsewhere.
        lost = queries.not_trying(connection, lane, ids)
        rows = queries.standing(connection, lane, ids) if on else ()
    halted = [row.id for row in rows if is_stopped(row, on)]
    return sorted({*held, *lost, *halted})


def withdraw(engine: Engine, clock: Clock, lane: Lane, items: Sequence[Outgoing]) -> None:
    """Takes back attempts of which surely nothing left: they count for nothing, and what no rule
    forbids for good waits for its turn."""
    now = clock.now()
    with transaction(engine) as connection:
        news = [
            News(
                item.attempt_id,
                AttemptState.CANCELED,
                error_code=WITHDRAWN,
                again_after=timedelta(0),
            )
            for item in items
        ]
        moves = apply(connection, lane, news, now)
        waiting = [m.delivery.id for m in moves if m.delivery_state is DeliveryState.PENDING]
        hold(connection, lane, lane.recalled(connection, waiting), now)
    log.info("withdrawn before they left", lane=lane.name, count=len(items))
