"""Stops under load, over real HTTP to the rehearsal network: within a second nothing leaves any
more, and when it goes on nobody was skipped and nobody gets it twice."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from outreach.bootstrap import Runtime, assemble
from outreach.content.queries import WORDINGS
from outreach.content.shipped import shipped_of
from outreach.delivery import switches
from outreach.delivery.tables import Attempt, Delivery
from outreach.gateways.registry import gateway_from
from outreach.kernel import interpreter
from outreach.kernel.sealing import new_keys
from outreach.planning import steering
from outreach.settings import Settings, load_settings
from outreach.simulator.trouble import Trouble
from outreach.store.engine import make_engine
from outreach.store.ledger import LEDGER
from tests.simulator.conftest import SENDER, SID, TOKEN, Rehearsal, rehearsing
from tests.world import SLUG, World, crowd, number

DELIVERIES, ATTEMPTS = Delivery.__table__, Attempt.__table__
PEOPLE = 60
# Parts a second; the text takes one or two.
PACE = 40
# As many as 150 requests in flight let out, which is the default.
FULL_SPEED, LATENCY = 10_000, 0.15
_FIRST = 100
EVERYBODY = [number(_FIRST + who) for who in range(PEOPLE)]


@pytest.fixture(autouse=True)
def _set_up_as_a_sender() -> Iterator[None]:
    """As the processes that send are: else a search for garbage among all that the tests keep
    alive stops the event loop for a second or two."""
    often, patience = gc.get_threshold(), sys.getswitchinterval()
    interpreter.settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*often)
    sys.setswitchinterval(patience)


@dataclass
class Load:
    """A broadcast that is being sent."""

    world: World
    network: Rehearsal
    said: frozenset[str]
    people: int

    def left(self) -> list[str]:
        """To whom the network was asked to send the campaign, in order."""
        book = self.network.network.book.messages.values()
        return [message.to for message in book if message.body in self.said]

    async def until(self, done: Callable[[], bool]) -> None:
        for _ in range(3_000):
            if done():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it does not get on")

    async def quiet_within_a_second(self) -> int:
        """How many had left when it fell quiet, a second after the stop."""
        await asyncio.sleep(1)
        before = len(self.left())
        await asyncio.sleep(0.7)
        assert len(self.left()) == before
        assert before < self.people, "all had left: nothing was stopped"
        return before

    def standing(self) -> Counter[tuple[str, str]]:
        return Counter((row.state, row.reason) for row in self.world.all(DELIVERIES))


@asynccontextmanager
async def sending(
    database: Engine, database_url: str, people: int = PEOPLE, pace: int = PACE, senders: int = 1
) -> AsyncIterator[Load]:
    """A broadcast of which some have left, that keeps so many senders busy for seconds."""
    async with rehearsing(trouble=Trouble(latency=LATENCY)) as network:
        settings = load_settings(
            database_url=database_url,
            secret_keys=new_keys(),
            help_keys=new_keys(),
            sender=SENDER,
            sms_pace=pace,
        )
        engines = [database, *(make_engine(database_url) for _ in range(senders - 1))]
        runtimes = [assemble_for(settings, engine, network) for engine in engines]
        world = World(runtimes[0])
        crowd(world, people, _FIRST)
        world.fire()
        load = Load(world, network, frozenset(row.body for row in world.all(WORDINGS)), people)
        stop = asyncio.Event()
        pumps = [
            asyncio.create_task(runtime.dispatcher(f"{number}", lambda: senders).run(stop))
            for number, runtime in enumerate(runtimes)
        ]
        try:
            await load.until(lambda: len(load.left()) >= people // 6)
            yield load
        finally:
            stop.set()
            await asyncio.gather(*pumps)
            for runtime in runtimes:
                await runtime.gateway.close()
                runtime.executor.shutdown()
                runtime.engine.dispose()


def assemble_for(settings: Settings, engine: Engine, network: Rehearsal) -> Runtime:
    gateway = gateway_from(
        base_url=network.url, account_sid=SID, auth_token=TOKEN, public_url="http://127.0.0.1:9"
    )
    return assemble(settings, engine, network.clock, gateway, shipped_of(settings))


@pytest.mark.parametrize("scope", ["everything", "channel:sms", "campaign"])
def test_s32_a_stop_holds_within_a_second_and_going_on_loses_and_doubles_nothing(
    database: Engine, database_url: str, scope: str
) -> None:
    async def story() -> None:
        async with sending(database, database_url) as load:
            why = {"reason": "test", "by": "tests"}
            engine, clock = database, load.world.runtime.clock
            if scope == "campaign":
                await asyncio.to_thread(steering.pause, engine, clock, SLUG, **why)
            else:
                await asyncio.to_thread(switches.stop, engine, clock, scope, **why)
            left = await load.quiet_within_a_second()
            # What was recorded and had not left counts for nobody as a try.
            waiting = [row for row in load.world.all(DELIVERIES) if row.state == "pending"]
            assert len(waiting) == PEOPLE - left
            assert {row.attempts for row in waiting} == {0}
            if scope == "campaign":
                await asyncio.to_thread(steering.resume, engine, clock, SLUG, **why)
            else:
                await asyncio.to_thread(switches.go_on, engine, clock, scope, **why)
            await load.until(lambda: len(load.left()) >= PEOPLE)
            await asyncio.sleep(0.3)
            assert sorted(load.left()) == EVERYBODY
            assert [t.action for t in switches.history(engine)] == ["go", "stop"]

    asyncio.run(story())


async def stopped_at_full_speed(database: Engine, database_url: str, senders: int) -> None:
    people, why = 1_000, {"reason": "test", "by": "tests"}
    async with sending(database, database_url, people, FULL_SPEED, senders) as load:
        clock = load.world.runtime.clock
        await asyncio.to_thread(switches.stop, database, clock, "everything", **why)
        left = await load.quiet_within_a_second()
        assert len(set(load.left())) == left  # and nobody got it twice
        assert load.standing()["pending", ""] + load.standing()["pending", "withdrawn"] == (
            people - left
        )


def test_s32_everything_stops_within_a_second_at_full_speed(
    database: Engine, database_url: str
) -> None:
    asyncio.run(stopped_at_full_speed(database, database_url, senders=1))


def test_s32_everything_stops_within_a_second_at_full_speed_in_two_senders(
    postgres_database: Engine, postgresql_url: str
) -> None:
    asyncio.run(stopped_at_full_speed(postgres_database, postgresql_url, senders=2))


def test_a_canceled_broadcast_ends_what_waits_with_a_fact_each(
    database: Engine, database_url: str
) -> None:
    async def story() -> None:
        async with sending(database, database_url) as load:
            runtime = load.world.runtime
            why = {"reason": "test", "by": "tests"}
            cancel = steering.cancel
            assert await asyncio.to_thread(cancel, database, runtime.clock, SLUG, **why) == 1
            end = steering.end_canceled
            await asyncio.to_thread(end, database, runtime.clock, runtime.desk.broadcasts)
            left = await load.quiet_within_a_second()
            await asyncio.to_thread(end, database, runtime.clock, runtime.desk.broadcasts)
            assert load.standing()["canceled", "canceled"] == PEOPLE - left
            facts = [row for row in load.world.all(LEDGER) if row.kind == "delivery.canceled"]
            assert len({fact.contact_id for fact in facts}) == len(facts) == PEOPLE - left

    asyncio.run(story())


def test_s14_a_stop_by_text_holds_back_what_is_recorded_and_has_not_left(
    database: Engine, database_url: str
) -> None:
    async def story() -> None:
        async with sending(database, database_url) as load:
            world = load.world
            taken = set(load.left())
            # The next ones in the queue: some are recorded already.
            leavers = [who for who in EVERYBODY if who not in taken][:12]
            for who in leavers:
                await asyncio.to_thread(world.text, who, "STOP")
            await asyncio.sleep(1)
            # Those that left before a second had gone by since their STOP.
            overtook = [who for who in leavers if who in set(load.left())]
            rest = PEOPLE - len(leavers) + len(overtook)
            await load.until(lambda: len(load.left()) >= rest)
            await asyncio.sleep(0.5)
            assert len(load.left()) == rest
            assert load.standing()["suppressed", "opted_out"] == PEOPLE - rest

    asyncio.run(story())
