"""The chore forgets what led to a number at the gateway, in whichever lane it left (S20)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from outreach.delivery.alarm import watch
from outreach.delivery.rules.alarm import LEAST
from outreach.gateways.ports import ErrorClass, Rejected
from outreach.kernel.clock import FixedClock
from outreach.worker.chores import CHORES
from tests.staff.people import join
from tests.world import World, number


def do(world: World, name: str) -> None:
    (chore,) = [chore for chore in CHORES if chore.name == name]
    asyncio.run(chore.work(world.runtime))


def known(world: World) -> dict[str, int]:
    """How many ids of the gateway each lane knows."""
    return {
        lane.name: sum(attempt.sid is not None for attempt in world.all(lane.attempts))
        for lane in world.runtime.lanes
    }


def test_s20_the_ids_of_every_lane_are_forgotten(world: World, clock: FixedClock) -> None:
    runtime = world.runtime
    join(runtime.engine, runtime.desk.vault, clock, "maly", "campaign_manager", phone=number(201))
    for index in range(LEAST + 1):
        world.enrol(index)
    world.fire()
    world.gateway.script(*[Rejected("30005", ErrorClass.NEVER)] * LEAST)
    world.send()
    assert watch(runtime.engine, clock, runtime.desk.broadcasts) == ["campaign:1"]
    do(world, "escalate")
    world.text(number(202), "HELP")
    world.send()
    assert all(known(world).values())
    for lane in runtime.lanes:
        for attempt in world.all(lane.attempts):
            if attempt.state == "submitted":
                world.report(attempt.public_id, "delivered")
    do(world, "forget")
    assert all(known(world).values())
    clock.advance(timedelta(days=runtime.settings.log_days, seconds=1))
    do(world, "forget")
    assert not any(known(world).values())
