"""Sends: takes due deliveries of every lane, paced and many at a time, and records each answer.

Each lane has its own pump, so a person's answer never waits behind a broadcast; the database work
runs in one thread beside the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy import Engine

from outreach.delivery.chunks import Chunks
from outreach.delivery.claiming import Outgoing
from outreach.delivery.gate import Gate
from outreach.delivery.lane import Lane
from outreach.delivery.lookout import Lookout
from outreach.delivery.outcomes import of_answer
from outreach.delivery.pace import Pacer
from outreach.delivery.pacing.book import Book, MemoryBook
from outreach.delivery.progress import News, take_answers
from outreach.gateways.ports import CallOut, Gateway, Outcome, SmsOut, Throttled, Unreachable
from outreach.kernel.batch import Batcher
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Unavailable
from outreach.kernel.steps import Steps
from outreach.store.engine import transaction

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

CHANNELS = ("sms", "voice")
_CHUNK = 1_000
_CHUNKS_A_SECOND = 4
# So many requests one place in flight makes in a second: a gateway takes some quarter of it.
_TURNS_A_SECOND = 4
# So many chunks are recorded while one leaves: a slot waits neither for the database nor for its
# disk.
_AHEAD = 2
# Usual length of a Khmer text, to turn a pace in parts into a number of messages.
_PARTS_GUESS = 3
_RING_SECONDS = 30
# A process that was stopped for longer lets what it recorded be: after ten minutes others look it
# up, find that it never left, and send it themselves (settle.py).
_FRESH = timedelta(minutes=5)
_AGAIN_SECONDS = 1.0
# What the gateway answers is recorded this far apart: each transaction has its own cost.
_GATHER_SECONDS = 0.2
# And what waits for no pace is taken this far apart, where more than one comes.
_URGENT_GATHER_SECONDS = 0.1
# Beside the broadcasts' connections there is always room for answers.
_URGENT = 50
_URGENT_CHUNK = 25


@dataclass(frozen=True)
class SenderPace:
    """A sender and what it may send: parts and calls per second, requests in flight."""

    number: str
    parts_per_second: float = 10
    calls_per_second: float = 1
    in_flight: int = 150

    def __repr__(self) -> str:
        return f"<SenderPace {self.parts_per_second}/s>"


class Dispatcher:
    """The sender of one process. `urgent` names the lanes that overtake; `name` is whose leases
    these are; `book` keeps the pace that it shares with all `senders`, itself included. Database
    work is done in `executor`, that of urgent lanes in `at_once`."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        gateway: Gateway,
        lanes: Sequence[Lane],
        pace: SenderPace,
        executor: Executor,
        *,
        urgent: frozenset[str] = frozenset(),
        idle_seconds: float = 0.2,
        name: str = "",
        book: Book | None = None,
        senders: Callable[[], int] = lambda: 1,
        at_once: Executor | None = None,
    ) -> None:
        self._engine, self._clock, self._gateway = engine, clock, gateway
        self._lanes, self._pace = tuple(lanes), pace
        hasty = dict.fromkeys(urgent, at_once or executor)
        self._executors = {lane.name: executor for lane in lanes} | hasty
        self._urgent, self._name = urgent, name
        self._senders = senders
        book = book or MemoryBook()
        self._pacers = {
            "sms": Pacer(pace.parts_per_second, book, "sms"),
            "voice": Pacer(pace.calls_per_second, book, "voice"),
        }
        most = {lane.name: pace.in_flight for lane in lanes} | dict.fromkeys(urgent, _URGENT)
        self._slots = {name: asyncio.Semaphore(number) for name, number in most.items()}
        self._answers = {lane.name: self._recorder(lane) for lane in lanes}
        self._gates = {
            lane.name: Gate(engine, clock, lane, partial(self._in_thread, lane))
            for lane in self._lanes
        }
        self._chunks = {
            (lane.name, channel): self._chunks_of(lane, channel)
            for lane in self._lanes
            for channel in CHANNELS
        }
        self._lookout = Lookout(engine, clock, lanes, idle_seconds)
        self._under_way: set[asyncio.Task[None]] = set()

    def wake(self, lane: str) -> None:
        """Looks at once for texts of `lane` instead of at its next turn."""
        self._lookout.wake(lane, "sms")

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set; then finishes what has left and gives back the rest."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._lookout.keep(stop))
            for lane in self._lanes:
                for channel in CHANNELS:
                    group.create_task(self._pump(lane, channel, stop))
        await self._finish()

    async def drain(self) -> None:
        """Sends all that is due now, and returns when every answer is recorded."""
        for lane in self._lanes:
            for channel in CHANNELS:
                while await self._turn(lane, channel, asyncio.Event()):
                    pass
        await self._finish()

    async def _finish(self) -> None:
        """Waits for every answer to come, and to be recorded."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        for answers in self._answers.values():
            await answers.settle()

    async def _pump(self, lane: Lane, channel: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._lookout.begin(lane.name, channel)
            began = time.monotonic()
            try:
                if await self._turn(lane, channel, stop):
                    await self._gather(lane, began)
                    continue
            except Unavailable as error:
                log.warning("sending waits for the database", error=str(error))
                await asyncio.sleep(_AGAIN_SECONDS)
            except Exception:
                # A fault of ours with one lane's messages ends neither the others nor this one.
                log.exception("sending broke; tried again", lane=lane.name, channel=channel)
                await asyncio.sleep(_AGAIN_SECONDS)
            await self._lookout.rest(lane.name, channel)

    async def _gather(self, lane: Lane, began: float) -> None:
        """What waits for no pace comes one by one; its turns begin a little apart, so that many
        that come together share a transaction. Who comes alone waits for nothing."""
        if lane.name in self._urgent:
            await asyncio.sleep(max(0.0, began + _URGENT_GATHER_SECONDS - time.monotonic()))

    async def _turn(self, lane: Lane, channel: str, stop: asyncio.Event) -> bool:
        """Sends what is due until nothing is (of an urgent lane: until few are) or `stop` is set;
        False if there was nothing."""
        gate, some = self._gates[lane.name], False
        recorded = self._chunks[lane.name, channel].recorded(stop.is_set)
        ahead = 1 if lane.name in self._urgent else _AHEAD
        step, executor = partial(next, recorded, None), self._executors[lane.name]
        async with Steps(step, executor, ahead) as steps:
            async for outgoing in steps:
                some = True
                gate.expect(outgoing)
                for item in outgoing:
                    await self._start(lane, item)
        await gate.settle()
        return some

    def _chunks_of(self, lane: Lane, channel: str) -> Chunks:
        return Chunks(
            self._engine,
            self._clock,
            lane,
            channel,
            self._pace.number,
            self._name,
            size=partial(self._chunk, lane, channel),
            few=lane.name in self._urgent,
        )

    def _chunk(self, lane: Lane, channel: str) -> int:
        """How many are recorded at once: a quarter of a second of this process's part of the pace,
        as one chunk leaves, two are recorded and one leased, and a campaign that starts now waits
        no longer than a second for its turn; no more than can leave in a second or so, so that no
        worker sits on what another could send; a few of those that wait for no pace."""
        if lane.name in self._urgent:
            return _URGENT_CHUNK
        units = _PARTS_GUESS if channel == "sms" else 1
        messages = self._pacers[channel].rate / _CHUNKS_A_SECOND / units / max(1, self._senders())
        return max(1, min(_CHUNK, _TURNS_A_SECOND * self._pace.in_flight, int(messages)))

    async def _start(self, lane: Lane, item: Outgoing) -> None:
        slot, pacer = self._slots[lane.name], self._pacers[item.channel]
        await slot.acquire()
        if lane.name in self._urgent:
            pacer.overtake(item.parts)
        else:
            await pacer.take(item.parts)
        passes = False
        try:
            passes = await self._gates[lane.name].passes(item)
        finally:
            if not passes:
                slot.release()
        if not passes:
            return
        task = asyncio.create_task(self._send(lane, item))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, lane: Lane, item: Outgoing) -> None:
        try:
            outcome = await self._deliver(item)
        finally:
            self._slots[lane.name].release()
        if isinstance(outcome, Throttled):
            await self._pacers[item.channel].slow()
        news = of_answer(item.attempt_id, outcome)
        if news is None:
            log.warning(
                "uncertain answer; will be looked up, not sent again", attempt=item.public_id
            )
            return
        # Nobody waits for it to be recorded: waking a thousand who do takes the loop's time.
        self._answers[lane.name].add(news)

    async def _deliver(self, item: Outgoing) -> Outcome:
        held = self._clock.now() - item.recorded_at
        left = item.validity - int(held.total_seconds())
        if held > _FRESH or left <= 0:  # S9: an answer leaves in time or not at all
            return Unreachable("held up for too long before it left")
        sender = self._pace.number
        if item.body is None:
            return await self._gateway.place_call(
                CallOut(item.to, sender, item.public_id, _RING_SECONDS)
            )
        return await self._gateway.send_sms(
            SmsOut(item.to, sender, item.body, item.public_id, left)
        )

    def _recorder(self, lane: Lane) -> Batcher[News, None]:
        write, executor = self._writer(lane), self._executors[lane.name]
        return Batcher(write, executor, limit=_CHUNK, gap=_GATHER_SECONDS)

    def _writer(self, lane: Lane) -> Callable[[Sequence[News]], Sequence[None]]:
        def write(news: Sequence[News]) -> Sequence[None]:
            ids = [item.attempt_id for item in news]
            said = "answers can't be recorded; will be looked up"
            try:
                with transaction(self._engine) as connection:
                    take_answers(connection, lane, news, self._clock.now())
            except Unavailable as error:
                log.warning(said, attempts=ids, error=str(error))
            except Exception:  # a fault of ours: nobody waits for these, so it is told here
                log.exception(said, attempts=ids)
            return [None] * len(news)

        return write

    async def _in_thread(self, lane: Lane, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executors[lane.name], work, *args)
