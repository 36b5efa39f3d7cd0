"""Catches up on what came in while no hook told us: lists it since the last time, a bit twice.

It is taken in piece by piece, however long the list. On start that runs before anything is sent, so
that a STOP that came while we were down counts first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from outreach.delivery.stops.notices import tell
from outreach.gateways.ports import Gateway, Inbound, InboundCall
from outreach.hotline import queries
from outreach.hotline.callback import rang_unheard
from outreach.hotline.desk import Desk
from outreach.hotline.inbound import receive_in
from outreach.hotline.retention.marks import marks
from outreach.kernel.errors import Unavailable
from outreach.kernel.mask import mask
from outreach.people.communities import joining
from outreach.store.engine import reading, transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")
Arrived = Inbound | InboundCall

_EVERY = timedelta(minutes=1)
# A list may show late what came early: so much of it is read again.
_OVERLAP = timedelta(minutes=15)
_AT_FIRST = timedelta(days=1)
# So many numbers are listed at the same time.
_AT_ONCE = 10
# So much is taken in at a time: a list may be longer than memory, and others want the database.
_STEP = 1_000
# Sending waits for so many tries on start, and so long: a list that is broken, or has no end, must
# not end all sending.
_TRIES, _PAUSE_SECONDS, _LONGEST_SECONDS = 3, 5.0, 300.0


async def catch_up(
    desk: Desk, gateway: Gateway, numbers: Collection[str], executor: Executor, *, now: bool = False
) -> int:
    """Takes in the texts and calls to our `numbers`, and to those by which people join, that the
    hooks missed; returns how many.

    Each number once a minute at most, unless it is to be done `now`. Raises Unavailable where the
    gateway did not tell all of one; then its next turn lists the more, and the others are taken in.
    """
    due = await _in_thread(executor, partial(_due, desk, numbers, at_once=now))
    began, turns = desk.clock.now(), asyncio.Semaphore(_AT_ONCE)

    async def take_in(arrived: Sequence[Arrived]) -> int:
        return await _in_thread(executor, partial(_take_in, desk, arrived)) if arrived else 0

    async def read(listed: _List) -> int:
        """All but the last of it is taken in here; how much was new."""
        since, new = min(due[number] for number in listed.numbers), 0
        async with turns:
            try:
                async for item in gateway.received(listed.numbers, since):
                    listed.arrived.append(item)
                    if len(listed.arrived) >= _STEP:
                        new += await take_in(listed.arrived)
                        listed.arrived.clear()
            except Unavailable as error:
                listed.broken = error
        return new

    groups = [[each] for each in due] if gateway.lists_by_number else [[*due]] if due else []
    lists = [_List(group) for group in groups]
    found = sum(await asyncio.gather(*map(read, lists)))
    found += await take_in([item for each in lists for item in each.arrived])
    if found:
        log.warning("texts and calls that no hook told of were taken in", count=found)
    await _in_thread(executor, partial(_seen, desk, lists, began))
    for each in lists:
        if each.broken:
            raise each.broken
    return found


def note_unlisted(desk: Desk, numbers: Collection[str], to: str) -> None:
    """Tells an operator where people reach a number of ours that is not listed: what comes to it
    while we are down would never be heard of."""
    with reading(desk.engine) as connection:
        if to in (*numbers, *joining.numbers(connection)):
            return
    with transaction(desk.engine) as connection:
        tell(connection, "unlisted_number", f"number:{mask(to)}", "", desk.clock.now())


async def before_sending(
    desk: Desk, gateway: Gateway, numbers: Collection[str], executor: Executor
) -> None:
    """Catches up now, and tries again for a while where the gateway doesn't answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_SECONDS):
            for _ in range(_TRIES):
                try:
                    await catch_up(desk, gateway, numbers, executor, now=True)
                    return
                except Unavailable as error:
                    log.warning("what came in can't be listed; sending waits", error=str(error))
                    await asyncio.sleep(_PAUSE_SECONDS)
    log.error("sending begins although not all that came in meanwhile could be listed")


@dataclass
class _List:
    """What came in to `numbers` and is not taken in yet; `broken` says why there is more that the
    gateway did not tell."""

    numbers: Collection[str]
    arrived: list[Arrived] = field(default_factory=list)
    broken: Unavailable | None = None


def _due(desk: Desk, numbers: Collection[str], *, at_once: bool) -> dict[str, datetime]:
    """Which of our numbers to list now, and since when."""
    now = desk.clock.now()
    with reading(desk.engine) as connection:
        ours = dict.fromkeys((*numbers, *joining.numbers(connection)))
        seen = queries.seen_until(connection, ours)
    return {
        number: seen[number] - _OVERLAP if number in seen else now - _AT_FIRST
        for number in ours
        if at_once or number not in seen or now - seen[number] >= _EVERY
    }


def _take_in(desk: Desk, arrived: Sequence[Arrived]) -> int:
    """In the order in which it came, to whichever number; how much was new."""
    texts = sorted((item for item in arrived if isinstance(item, Inbound)), key=_when)
    calls = sorted((item for item in arrived if isinstance(item, InboundCall)), key=_when)
    with transaction(desk.engine) as connection:
        heard = receive_in(connection, desk, _unknown(connection, desk, texts))
    found = sum(each.new for each in heard)
    # Apart: with a person held for their text, no other is waited for.
    with transaction(desk.engine) as connection:
        now = desk.clock.now()
        found += sum(rang_unheard(connection, desk, call, call.at or now, now) for call in calls)
    return found


def _seen(desk: Desk, lists: Sequence[_List], began: datetime) -> None:
    """Notes what has been listed to its end."""
    whole = [number for each in lists if not each.broken for number in each.numbers]
    if whole:
        with transaction(desk.engine) as connection:
            queries.set_seen_until(connection, whole, began)


def _unknown(connection: Connection, desk: Desk, texts: Collection[Inbound]) -> list[Inbound]:
    """Those of `texts` that were neither taken in nor sealed since (S23)."""
    names = {text.sid: [text.sid, *marks(desk.help_vault, text.sid)] for text in texts}
    known = queries.known_texts(connection, [name for each in names.values() for name in each])
    return [text for text in texts if known.isdisjoint(names[text.sid])]


def _when(item: Arrived) -> datetime:
    return item.at or datetime.min.replace(tzinfo=UTC)


async def _in_thread(executor: Executor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
