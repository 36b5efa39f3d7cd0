"""A process that begins sends at once what one that was killed had leased, on both databases."""

from __future__ import annotations

import asyncio

from outreach.bootstrap import Runtime
from outreach.delivery.claiming import claim
from outreach.worker.presence import Presence
from outreach.worker.sending import sending
from tests.world import World


def test_what_a_killed_process_had_leased_goes_when_the_next_one_begins(
    runtime: Runtime, world: World
) -> None:
    everybody = [world.enrol(index) for index in range(4)]
    world.fire()
    lane = runtime.desk.broadcasts
    assert len(claim(runtime.engine, lane, "sms", runtime.clock.now(), 3, "serve-killed")) == 3

    async def story() -> None:
        presence = Presence(runtime, "serve")
        dispatcher = runtime.dispatcher(presence.who.id, presence.senders)
        async with sending(runtime, dispatcher, presence), asyncio.timeout(10):
            while len(world.gateway.sms) < len(everybody):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    asyncio.run(story())
    assert sorted(sms.to for sms in world.gateway.sms) == everybody
