"""Catches up on what came in while no hook told us: lists it since the last time, a bit twice.

On start it runs before anything is sent, so that a STOP that came while we were down counts first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
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

_EVERY = timedelta(minutes=1)
# A list may show late what came early: so much of it is read again.
_OVERLAP = timedelta(minutes=15)
_AT_FIRST = timedelta(days=1)
# So many numbers are listed at the same time.
_AT_ONCE = 10
# Sending waits for so many tries on start: a list that is broken must not end all sending.
_TRIES, _PAUSE_SECONDS = 3, 5.0


async def catch_up(
    desk: Desk, gateway: Gateway, numbers: Collection[str], executor: Executor, *, now: bool = False
) -> int:
    """Takes in the texts and calls to our `numbers`, and to those by which people join, that the
    hooks missed; returns how many.

    Each number once a minute at most, unless it is to be done `now`. Raises Unavailable where the
    gateway did not tell of one; then its next turn lists the more, and the others are taken in.
    """
    due = await _in_thread(executor, partial(_due, desk, numbers, at_once=now))
    began, turns = desk.clock.now(), asyncio.Semaphore(_AT_ONCE)

    async def ask(group: Collection[str]) -> _Listed | Unavailable:
        async with turns:
            try:
                texts, calls = await gateway.received(group, min(due[each] for each in group))
            except Unavailable as error:
                return error
            return _Listed(group, texts, calls)

    groups = [[each] for each in due] if gateway.lists_by_number else [due] if due else []
    told = await asyncio.gather(*map(ask, groups))
    listed = [each for each in told if isinstance(each, _Listed)]
    found = await _in_thread(executor, partial(_take_in, desk, listed, began)) if listed else 0
    for each in told:
        if isinstance(each, Unavailable):
            raise each
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
    for _ in range(_TRIES):
        try:
            await catch_up(desk, gateway, numbers, executor, now=True)
            return
        except Unavailable as error:
            log.warning("what came in can't be listed; sending waits", error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)
    log.error("sending begins although what came in meanwhile could not be listed")


@dataclass(frozen=True)
class _Listed:
    """What came in to `numbers`, as the gateway tells it."""

    numbers: Collection[str]
    texts: Sequence[Inbound]
    calls: Sequence[InboundCall]


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


def _take_in(desk: Desk, listed: Sequence[_Listed], began: datetime) -> int:
    """In the order in which it came, to whichever number."""
    texts = sorted((text for each in listed for text in each.texts), key=_when)
    calls = sorted((call for each in listed for call in each.calls), key=_when)
    numbers = [number for each in listed for number in each.numbers]
    with transaction(desk.engine) as connection:
        heard = receive_in(connection, desk, _unknown(connection, desk, texts))
    found = sum(each.new for each in heard)
    # Apart: with a person held for their text, no other is waited for.
    with transaction(desk.engine) as connection:
        now = desk.clock.now()
        found += sum(rang_unheard(connection, desk, call, call.at or now, now) for call in calls)
        queries.set_seen_until(connection, numbers, began)
    if found:
        log.warning("texts and calls that no hook told of were taken in", count=found)
    return found


def _unknown(connection: Connection, desk: Desk, texts: Collection[Inbound]) -> list[Inbound]:
    """Those of `texts` that were neither taken in nor sealed since (S23)."""
    names = {text.sid: [text.sid, *marks(desk.help_vault, text.sid)] for text in texts}
    known = queries.known_texts(connection, [name for each in names.values() for name in each])
    return [text for text in texts if known.isdisjoint(names[text.sid])]


def _when(item: Inbound | InboundCall) -> datetime:
    return item.at or datetime.min.replace(tzinfo=UTC)


async def _in_thread(executor: Executor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
