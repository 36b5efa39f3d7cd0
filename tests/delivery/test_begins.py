"""A process that sends begins and ends, on both databases: what one that was killed had leased goes
at once, nobody waits for a silent gateway, and a sender that breaks is not left standing."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from outreach.bootstrap import Runtime
from outreach.delivery.claiming import claim
from outreach.gateways.memory import MemoryGateway
from outreach.worker.presence import Presence
from outreach.worker.sending import sending
from tests.world import World


def begin(runtime: Runtime, dispatcher: Any = None) -> AbstractAsyncContextManager[None]:
    presence = Presence(runtime, "serve")
    dispatcher = dispatcher or runtime.dispatcher(presence.who.id, presence.senders)
    return sending(runtime, dispatcher, presence)


async def all_go(world: World, people: int) -> None:
    async with asyncio.timeout(10):
        while len(world.gateway.sms) < people:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def test_what_a_killed_process_had_leased_goes_when_the_next_one_begins(
    runtime: Runtime, world: World
) -> None:
    everybody = [world.enrol(index) for index in range(4)]
    world.fire()
    lane = runtime.desk.broadcasts
    assert len(claim(runtime.engine, lane, "sms", runtime.clock.now(), 3, "serve-killed")) == 3

    async def story() -> None:
        async with begin(runtime):
            await all_go(world, len(everybody))

    asyncio.run(story())
    assert sorted(sms.to for sms in world.gateway.sms) == everybody


def test_a_stop_does_not_wait_for_what_came_in_to_be_listed(runtime: Runtime, world: World) -> None:
    class Silent(MemoryGateway):
        async def received(self, to: Any, since: Any) -> AsyncIterator[Any]:
            await asyncio.sleep(60)
            yield

    world.enrol(1)
    world.fire()
    silent = replace(runtime, gateway=Silent())

    async def story() -> float:
        async with begin(silent):
            await asyncio.sleep(0.2)
            told = time.monotonic()
        return time.monotonic() - told

    assert asyncio.run(story()) < 5
    assert silent.gateway.sms == []


def test_a_process_whose_sender_breaks_ends(runtime: Runtime) -> None:
    class Broken:
        async def run(self, _stop: asyncio.Event) -> None:
            raise KeyError

    told = asyncio.Event()

    async def story() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        async with begin(runtime, Broken()), asyncio.timeout(10):
            await told.wait()

    with pytest.raises(KeyError):
        asyncio.run(story())
    assert told.is_set()


def test_a_lane_that_breaks_does_not_end_the_others(runtime: Runtime, world: World) -> None:
    def breaks(*_: Any) -> Any:
        raise KeyError

    answers, broadcasts, alerts = runtime.lanes
    everybody = [world.enrol(index) for index in range(3)]
    world.fire()
    world.text("+855380000099", "HELP")

    async def story() -> None:
        broken = replace(runtime, lanes=(replace(answers, check=breaks), broadcasts, alerts))
        async with begin(broken):
            await all_go(world, len(everybody))

    asyncio.run(story())
    assert sorted(sms.to for sms in world.gateway.sms) == everybody
