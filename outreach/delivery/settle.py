"""Finds out what became of attempts that fell silent, and gives up on what nobody can tell.

Nothing uncertain is sent again by itself: only what a complete list of the gateway's messages still
doesn't show after ten minutes is sent once more. While the gateway is down nothing is concluded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, Row

from outreach.delivery import queries
from outreach.delivery.lane import Held, Lane
from outreach.delivery.moves import queries as batch
from outreach.delivery.outcomes import of_report
from outreach.delivery.pace import Pacer
from outreach.delivery.progress import NEVER_ACCEPTED, News, apply
from outreach.delivery.rules.finding import Verdict, judge
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.gateways.ports import Found, Gateway, Report
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Unavailable
from outreach.store.engine import reading, transaction

P = ParamSpec("P")
T = TypeVar("T")

_ANSWER_DUE = timedelta(seconds=60)
_LOOK_AGAIN = timedelta(minutes=2)
_POLL_AFTER = timedelta(minutes=30)
# When the gateway could not be asked for so long after an attempt's horizon, nobody will know.
_GIVE_UP = timedelta(hours=24)
# The gateway's clock may differ from ours by this much: its list is read from so much earlier.
_SKEW = timedelta(minutes=10)
_LIMIT = 200
# Questions to the gateway: a few at a time, and never more per second than an account may ask.
_AT_ONCE, _PER_SECOND = 20, 25.0
# So many without an answer, and the gateway is left alone until the next turn.
_ENOUGH = 3


def take_back_all(engine: Engine, clock: Clock, lane: Lane) -> int:
    """Takes back every lease: who held them is gone where one process does all and begins."""
    with transaction(engine) as connection:
        return queries.take_back_all(connection, lane, clock.now())


def tidy(engine: Engine, clock: Clock, lane: Lane) -> int:
    """Takes back leases of workers that are gone and ends what came too late to be sent."""
    now = clock.now()
    with transaction(engine) as connection:
        reclaimed = queries.reclaim(connection, lane, now)
        late = queries.overdue(connection, lane, now, _LIMIT)
        batch.set_deliveries(
            connection,
            lane,
            [
                {
                    "b_id": row.id,
                    "state": DeliveryState.EXPIRED,
                    "reason": row.reason or "too_late",
                    "updated_at": now,
                }
                for row in late
            ],
        )
        held = [Held(row.id, DeliveryState.EXPIRED, row.reason or "too_late") for row in late]
        if held:
            lane.ended(connection, held, now)
    return reclaimed + len(late)


def doubtful(engine: Engine, clock: Clock, lane: Lane) -> bool:
    """Whether there is anything to ask the gateway about."""
    now = clock.now()
    return bool(_lost(engine, lane, now)[0] or _quiet(engine, lane, now))


async def reconcile(
    engine: Engine, clock: Clock, lane: Lane, gateway: Gateway, executor: Executor | None = None
) -> int:
    """Looks in the gateway's own list for attempts whose answer was lost; counts the moves."""
    lost, numbers = await _in_thread(executor, _lost, engine, lane, clock.now())
    closed = {number for number, opened in numbers.items() if opened is None}

    async def look(row: Row[Any]) -> list[Found] | None:
        number = numbers.get(row.delivery_id)
        if number is None:
            return None
        return await gateway.find(number, row.submitting_at - _SKEW, row.channel)

    answered, asked_in_vain = await _ask([r for r in lost if r.delivery_id not in closed], look)
    asked_in_vain += [row for row in lost if row.delivery_id in closed]
    if not lost:
        return 0
    return await _in_thread(
        executor, _settle_lost, engine, lane, answered, asked_in_vain, clock.now()
    )


async def poll(
    engine: Engine, clock: Clock, lane: Lane, gateway: Gateway, executor: Executor | None = None
) -> int:
    """Asks after attempts that fell silent; past their horizon they become *unknown*."""
    quiet = await _in_thread(executor, _quiet, engine, lane, clock.now())

    async def ask(row: Row[Any]) -> Report | None:
        return await gateway.fetch(row.sid, row.channel)

    answered, asked_in_vain = await _ask(quiet, ask)
    if not quiet:
        return 0
    return await _in_thread(
        executor, _settle_quiet, engine, lane, answered, asked_in_vain, clock.now()
    )


async def _ask(
    rows: Sequence[Row[Any]], question: Callable[[Row[Any]], Awaitable[T]]
) -> tuple[list[tuple[Row[Any], T]], list[Row[Any]]]:
    """The gateway's answers, and the rows that it gave none for; it is not asked on for long."""
    pacer, slots = Pacer(_PER_SECOND), asyncio.Semaphore(_AT_ONCE)
    answered: list[tuple[Row[Any], T]] = []
    in_vain: list[Row[Any]] = []

    async def one(row: Row[Any]) -> None:
        async with slots:
            if len(in_vain) >= _ENOUGH:
                return
            await pacer.take(1)
            try:
                answered.append((row, await question(row)))
            except Unavailable:
                in_vain.append(row)

    async with asyncio.TaskGroup() as group:
        for row in rows:
            group.create_task(one(row))
    return sorted(answered, key=lambda pair: pair[0].id), in_vain


def _lost(
    engine: Engine, lane: Lane, now: datetime
) -> tuple[Sequence[Row[Any]], dict[int, str | None]]:
    with reading(engine) as connection:
        lost = queries.uncertain(connection, lane, now - _ANSWER_DUE, now - _LOOK_AGAIN, _LIMIT)
        return lost, dict(lane.addresses(connection, [row.delivery_id for row in lost]))


def _quiet(engine: Engine, lane: Lane, now: datetime) -> Sequence[Row[Any]]:
    with reading(engine) as connection:
        return queries.silent(connection, lane, now - _POLL_AFTER, _LIMIT)


def _settle_lost(
    engine: Engine,
    lane: Lane,
    answered: Sequence[tuple[Row[Any], list[Found] | None]],
    in_vain: Sequence[Row[Any]],
    now: datetime,
) -> int:
    with transaction(engine) as connection:
        rows = [*(row for row, _ in answered), *in_vain]
        _asked(connection, lane, rows, now)
        # Locked only now: a receipt, or another worker, may have told meanwhile what became of it.
        pairs = batch.with_deliveries(connection, lane, [row.id for row in rows])
        unknown = {a.id for a, _ in pairs if a.state == AttemptState.SUBMITTING}
        sids = {item.sid for _, found in answered for item in found or ()}
        used = queries.used_sids(connection, lane, sids)
        twice = queries.never_accepted(
            connection, lane, [row.delivery_id for row in rows], NEVER_ACCEPTED
        )
        news = [_given_up(row) for row in in_vain if row.id in unknown and _hopeless(row, now)]
        for row, found in answered:
            if row.id not in unknown:
                continue
            if found is None:  # The person was forgotten meanwhile: nobody can look any more.
                news.append(News(row.id, AttemptState.UNKNOWN, error_code="forgotten"))
                continue
            verdict, sid = judge(row, found, used, now)
            used.add(sid)
            item = _news(row, verdict, sid, again=row.delivery_id not in twice)
            if item:
                news.append(item)
        return len(apply(connection, lane, news, now))


def _settle_quiet(
    engine: Engine,
    lane: Lane,
    answered: Sequence[tuple[Row[Any], Report | None]],
    in_vain: Sequence[Row[Any]],
    now: datetime,
) -> int:
    news = [_given_up(row) for row in in_vain if _hopeless(row, now)]
    for row, report in answered:
        if report:
            news.append(of_report(row.id, report))
        if row.horizon_at <= now:
            news.append(News(row.id, AttemptState.UNKNOWN, error_code="silent"))
    with transaction(engine) as connection:
        _asked(connection, lane, [*(row for row, _ in answered), *in_vain], now)
        return len(apply(connection, lane, news, now))


def _news(row: Row[Any], verdict: Verdict, sid: str, *, again: bool) -> News | None:
    """What a look-up says of an attempt; `again` permits the one more try."""
    match verdict:
        case Verdict.FOUND:
            return News(row.id, AttemptState.SUBMITTED, sid=sid)
        case Verdict.UNCLEAR:
            return News(row.id, AttemptState.UNKNOWN, error_code="unclear")
        case Verdict.ABSENT if again:
            return News(
                row.id,
                AttemptState.ERRORED,
                error_code=NEVER_ACCEPTED,
                again_after=timedelta(0),
            )
        case Verdict.ABSENT:
            return News(row.id, AttemptState.UNKNOWN, error_code="not_found_twice")
    return None


def _hopeless(row: Row[Any], now: datetime) -> bool:
    return bool(row.horizon_at + _GIVE_UP <= now)


def _given_up(row: Row[Any]) -> News:
    return News(row.id, AttemptState.UNKNOWN, error_code="never_answered")


def _asked(connection: Connection, lane: Lane, rows: Sequence[Row[Any]], now: datetime) -> None:
    batch.set_attempts(connection, lane, [{"b_id": row.id, "polled_at": now} for row in rows])


async def _in_thread(
    executor: Executor | None, work: Callable[P, T], *args: P.args, **_: P.kwargs
) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work, *args)
