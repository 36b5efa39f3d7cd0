"""Catches up on what came in while no hook told us: lists it since the last time, a bit twice.

On start it runs before anything is sent, so that a STOP that came while we were down counts first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from outreach.gateways.ports import Gateway, Inbound, InboundCall
from outreach.hotline import queries
from outreach.hotline.callback import rang_unheard
from outreach.hotline.desk import Desk
from outreach.hotline.inbound import receive_in
from outreach.hotline.retention.marks import marks
from outreach.kernel.errors import Unavailable
from outreach.store.engine import reading, transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")

_EVERY = timedelta(minutes=1)
# A list may show late what came early: so much of it is read again.
_OVERLAP = timedelta(minutes=15)
_AT_FIRST = timedelta(days=1)
# Sending waits for so many tries on start: a list that is broken must not end all sending.
_TRIES, _PAUSE_SECONDS = 3, 5.0


async def catch_up(
    desk: Desk, gateway: Gateway, numbers: Collection[str], executor: Executor, *, now: bool = False
) -> int:
    """Takes in the texts and calls to our `numbers` that the hooks missed; returns how many.

    Once a minute at most, unless it is to be done `now`. Raises Unavailable where the gateway
    doesn't answer; then the next turn lists the more.
    """
    since = await _in_thread(executor, partial(_due, desk, at_once=now))
    if since is None or not numbers:
        return 0
    began = desk.clock.now()
    texts, calls = await gateway.received(numbers, since)
    return await _in_thread(executor, partial(_take_in, desk, texts, calls, began))


async def before_sending(
    desk: Desk, gateway: Gateway, numbers: Collection[str], executor: Executor
) -> None:
    """Catches up now, and tries again for a while where the gateway doesn't answer."""
    for _ in range(_TRIES):
        try:
            await catch_up(desk, gateway, numbers, executor, now=True)
            return
        except Unavailable as error:
            log.warning("what came in can't be listed; sending waits", error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)
    log.error("sending begins although what came in meanwhile could not be listed")


def _due(desk: Desk, *, at_once: bool) -> datetime | None:
    """Since when to list, or None where that was done less than a minute ago."""
    now = desk.clock.now()
    with reading(desk.engine) as connection:
        seen = queries.seen_until(connection)
    if seen is None:
        return now - _AT_FIRST
    return seen - _OVERLAP if at_once or now - seen >= _EVERY else None


def _take_in(
    desk: Desk, texts: Collection[Inbound], calls: Collection[InboundCall], began: datetime
) -> int:
    with transaction(desk.engine) as connection:
        heard = receive_in(connection, desk, _unknown(connection, desk, texts))
        now = desk.clock.now()
        rang = [rang_unheard(connection, desk, call, call.at or now, now) for call in calls]
        queries.set_seen_until(connection, began)
    found = sum(item.new for item in heard) + sum(rang)
    if found:
        log.warning("texts and calls that no hook told of were taken in", count=found)
    return found


def _unknown(connection: Connection, desk: Desk, texts: Collection[Inbound]) -> list[Inbound]:
    """Those of `texts` that were neither taken in nor sealed since (S23)."""
    names = {text.sid: [text.sid, *marks(desk.help_vault, text.sid)] for text in texts}
    known = queries.known_texts(connection, [name for each in names.values() for name in each])
    return [text for text in texts if known.isdisjoint(names[text.sid])]


async def _in_thread(executor: Executor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
