"""A whole broadcast through each way in which a gateway fails: nobody twice, nobody left out.

Real HTTP both ways on loopback: our client and hooks, the rehearsal network with its trouble.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table

from outreach.bootstrap import Runtime, assemble
from outreach.content.shipped import shipped_of
from outreach.delivery import settle, switches
from outreach.delivery.tables import Attempt, Delivery
from outreach.gateways.registry import gateway_from
from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import new_keys
from outreach.people.counting import counts
from outreach.settings import load_settings
from outreach.simulator.network import Network
from outreach.simulator.server import create_app as create_network
from outreach.simulator.trouble import Ending, Fault, Reports, Trouble
from outreach.web.app import create_app
from scripts.rehearsal.processes import free_port
from tests.asgi import serving
from tests.simulator.conftest import SENDER, SID, TOKEN, network_config
from tests.world import World

DELIVERIES: Table = Delivery.__table__
ATTEMPTS: Table = Attempt.__table__
PEOPLE = 8
MINUTE = timedelta(minutes=1)
# Real seconds. A machine that is busy otherwise must not make a time-out of what is none.
PATIENCE = 2.0
ENDS = {"done", "failed", "unknown", "expired"}


@dataclass
class Stage:
    """Our process and the network, both running."""

    world: World
    runtime: Runtime
    network: Network
    clock: FixedClock

    async def work(self) -> None:
        """Sends what is due, lets the network report, and looks after what is silent."""
        runtime = self.runtime
        await runtime.dispatcher().drain()
        for _ in range(100):
            await self.reported()
            if not self.network.pending:
                break
            self.clock.advance(timedelta(seconds=2))
            self.network.schedule.run_due()
        for lane in runtime.lanes:
            settle.tidy(runtime.engine, self.clock, lane)
            for ask in (settle.reconcile, settle.poll):
                await ask(runtime.engine, self.clock, lane, runtime.gateway)

    async def reported(self) -> None:
        """Until what the network posts has arrived: it travels in real time, which may be slow,
        and no clock of the story passes meanwhile."""
        await asyncio.sleep(0.003)
        while self.network.caller.waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.003)

    async def to_the_end(self) -> None:
        """Until every delivery has its end, with the hours between skipped."""
        for minutes in (1, 3, 8, 4, 35, 60, *[180] * 16):
            await self.work()
            if self.states().keys() <= ENDS:
                return
            self.clock.advance(minutes * MINUTE)
        raise AssertionError(f"not at its end: {self.states()}")

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.world.all(DELIVERIES))

    def check(self) -> None:
        """What is claimed is what the handsets got; nobody got it twice."""
        book = self.network.book
        taken = {**book.messages, **book.calls}
        got = {sid for sid, message in book.messages.items() if message.got_at}
        got |= {sid for sid, call in book.calls.items() if call.answered_at}
        attempts = self.world.all(ATTEMPTS)
        for row in attempts:
            if row.state in ("delivered", "completed", "answered"):
                assert row.sid in got
            if row.state in ("failed", "errored", "canceled", "busy", "no_answer"):
                assert row.sid not in got
        assert {row.sid for row in attempts if row.sid} == set(taken)
        per_person = Counter(taken[sid].to for sid in got)
        assert max(per_person.values(), default=0) <= 1
        assert all(row.reason for row in self.world.all(DELIVERIES) if row.state == "unknown")


@asynccontextmanager
async def on_stage(
    database: Engine, url: str, clock: FixedClock, trouble: Trouble
) -> AsyncIterator[Stage]:
    """A campaign that has fired for PEOPLE, on a gateway with `trouble`."""
    port = free_port()
    ours = f"http://127.0.0.1:{port}"
    config = replace(
        network_config(ours),
        inbound_hook=f"{ours}/hooks/twilio/message",
        voice_hook=f"{ours}/hooks/twilio/voice",
        trouble=replace(trouble, silent=0.0),
    )
    app = create_network(config, clock)
    settings = load_settings(
        database_url=url, public_url=ours, secret_keys=new_keys(), help_keys=new_keys(),
        sender=SENDER, sms_pace=10_000,
    )  # fmt: skip
    async with serving(app) as there:
        gateway = gateway_from(
            base_url=there, account_sid=SID, auth_token=TOKEN, public_url=ours, timeout=PATIENCE
        )
        runtime = assemble(settings, database, clock, gateway, shipped_of(settings))
        world = World(runtime)
        for index in range(PEOPLE):
            world.enrol(1_000_000 + index)
        world.fire()
        try:
            async with serving(create_app(runtime), port):
                yield Stage(world, runtime, app.state.network, clock)
        finally:
            await gateway.close()
            runtime.executor.shutdown()


Story = Callable[[Stage], Awaitable[None]]
Stages = Callable[[Trouble, Story], None]


@pytest.fixture
def stage(database: Engine, database_url: str, clock: FixedClock) -> Stages:
    """Tells a story on a stage with trouble."""

    def run(trouble: Trouble, story: Story) -> None:
        async def whole() -> None:
            async with on_stage(database, database_url, clock, trouble) as found:
                await story(found)

        asyncio.run(whole())

    return run


def all_of(kind: str, **more: Any) -> Trouble:
    """`kind` befalls every first request."""
    return Trouble(faults=(Fault(kind, times=PEOPLE, **more),))


TROUBLES = {
    "429": all_of("20429"),
    "5xx before acceptance": all_of("5xx_before"),
    "5xx after acceptance": all_of("5xx_after"),
    "time-out without acceptance": all_of("timeout_before"),
    "time-out with acceptance": all_of("timeout_after"),
    "reset before": all_of("reset_before"),
    "reset after": all_of("reset_after"),
    "headers slower than our patience": all_of("slow_headers", seconds=5),
    "malformed JSON": all_of("malformed"),
    "number pool exhausted": all_of("21611"),
    "receipts lost": Trouble(reports=Reports(lost=1.0)),
    "receipts twice, out of order, and strange ones": Trouble(
        reports=Reports(twice=1.0, shuffled=1.0, strange=1.0)
    ),
    "receipts hours late": Trouble(reports=Reports(late=7200)),
    "look-ups fail, too": Trouble(
        faults=(Fault("timeout_after", times=PEOPLE), Fault("5xx_before", times=6, on="read"))
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_through_every_trouble_each_is_reached_once_and_nothing_false_is_claimed(
    stage: Stages, name: str
) -> None:
    async def story(stage: Stage) -> None:
        await stage.to_the_end()
        stage.check()
        states = stage.states()
        assert states.total() == PEOPLE
        assert states["done"] >= PEOPLE - 3, states
        assert states["unknown"] == 0

    stage(TROUBLES[name], story)


def test_a_gateway_that_is_down_for_an_hour_costs_an_hour_and_nothing_else(
    stage: Stages,
) -> None:
    async def story(stage: Stage) -> None:
        for _ in range(12):
            await stage.work()
            stage.clock.advance(5 * MINUTE)
        assert stage.states() == {"trying": PEOPLE}
        stage.network.troubles.now = Trouble(silent=0.0)
        await stage.to_the_end()
        stage.check()
        assert stage.states()["done"] >= PEOPLE - 2

    stage(Trouble(faults=(Fault("reset_before", on="any"),)), story)


@pytest.mark.parametrize(
    "trouble",
    [Trouble(faults=(Fault("21610", times=1),)), Trouble(endings=(Ending("failed", 21610),))],
    ids=["as an error", "as a report"],
)
def test_s14_the_gateways_own_opt_out_is_recorded_and_ends_it(
    stage: Stages, trouble: Trouble
) -> None:
    async def story(stage: Stage) -> None:
        await stage.work()
        stage.network.troubles.now = Trouble(silent=0.0)
        await stage.to_the_end()
        stage.check()
        out = counts(stage.runtime.engine).opted_out
        assert out == (1 if trouble.faults else PEOPLE)
        reasons = Counter(row.reason for row in stage.world.all(DELIVERIES))
        assert reasons["21610"] == out

    stage(trouble, story)


@pytest.mark.parametrize(
    ("code", "scope"), [("20005", "everything"), ("20003", "channel:sms"), ("21606", "channel:sms")]
)
def test_a_suspended_account_or_wrong_credentials_stop_sending_and_lose_nobody(
    stage: Stages, code: str, scope: str
) -> None:
    async def story(stage: Stage) -> None:
        await stage.work()
        engine, clock = stage.runtime.engine, stage.clock
        assert [switch.scope for switch in switches.list_on(engine)] == [scope]
        assert stage.states() == {"pending": PEOPLE}
        await stage.work()
        assert not stage.network.book.messages
        stage.network.troubles.now = Trouble(silent=0.0)
        switches.go_on(engine, clock, scope, reason="mended", by="tester")
        await stage.to_the_end()
        stage.check()
        assert stage.states()["done"] >= PEOPLE - 2

    stage(Trouble(faults=(Fault(code),)), story)


def test_an_account_suspended_by_report_stops_everything(stage: Stages) -> None:
    async def story(stage: Stage) -> None:
        await stage.work()
        assert [s.scope for s in switches.list_on(stage.runtime.engine)] == ["everything"]
        stage.check()

    stage(Trouble(endings=(Ending("failed", 30002),)), story)


def test_what_is_reported_while_we_are_down_is_asked_for_later(
    database: Engine, database_url: str, clock: FixedClock
) -> None:
    async def whole() -> None:
        async with on_stage(database, database_url, clock, Trouble()) as stage:
            await stage.runtime.dispatcher().drain()
            network = stage.network
            # Nobody listens at that address any more: the network tries twice and gives up.
            for message in network.book.messages.values():
                message.callback = f"http://127.0.0.1:{free_port()}/hooks/twilio/status"
            await stage.to_the_end()
            stage.check()
            assert network.caller.dropped > 0
            assert stage.states()["done"] >= PEOPLE - 2

    asyncio.run(whole())
