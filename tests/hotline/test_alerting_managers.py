"""Where sending stopped by itself, whoever runs campaigns is told on their phone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outreach.delivery.alarm import watch
from outreach.delivery.rules.alarm import LEAST
from outreach.delivery.stops import notices
from outreach.gateways.ports import ErrorClass, Rejected
from outreach.hotline.duty import lane
from outreach.kernel.clock import FixedClock
from outreach.planning import steering
from outreach.planning.sending.queries import put_budget
from outreach.store.engine import transaction
from outreach.worker.chores import CHORES
from tests.staff.people import join
from tests.world import SLUG, World, number

MANAGER, WORKER = number(201), number(202)


@pytest.fixture
def staffed(world: World) -> World:
    """A manager of campaigns, one who has no number, and a worker of the hotline."""
    parts = (world.runtime.engine, world.runtime.desk.vault, world.runtime.clock)
    join(*parts, "maly", "campaign_manager", phone=MANAGER, languages=["km"])
    join(*parts, "vuthy", "campaign_manager")
    join(*parts, "dara", phone=WORKER, languages=["km"])
    for index in range(LEAST):
        world.enrol(index)
    return world


def fail(world: World) -> None:
    """So much of a broadcast fails that the watch pauses its campaign."""
    world.fire()
    world.gateway.script(*[Rejected("30005", ErrorClass.RETRY_LITTLE)] * LEAST)
    world.send()
    runtime = world.runtime
    assert watch(runtime.engine, runtime.clock, runtime.desk.broadcasts) == ["campaign:1"]


def use_up_its_budget(world: World) -> None:
    world.fire()
    with transaction(world.runtime.engine) as connection:
        put_budget(connection, 1, 0, "USD")
    world.send()


def turn(world: World) -> list[str]:
    """The chore's turn, and what managers and workers were sent by now."""
    chore = next(chore for chore in CHORES if chore.name == "escalate")
    asyncio.run(chore.work(world.runtime))
    world.send()
    return [out.to for out in world.gateway.sms if out.to in (MANAGER, WORKER)]


@pytest.mark.parametrize("stop", [fail, use_up_its_budget])
def test_a_campaign_that_paused_itself_is_told_to_who_runs_campaigns_once(staffed, stop) -> None:
    assert turn(staffed) == []
    stop(staffed)
    assert turn(staffed) == [MANAGER]
    assert staffed.got(MANAGER) == [lane.text_in("km")]
    assert turn(staffed) == [MANAGER]


def test_when_it_stops_again_they_are_told_again_though_nobody_noted_the_first_time(
    staffed: World, clock: FixedClock
) -> None:
    engine, why = staffed.runtime.engine, {"reason": "test", "by": "tests"}
    fail(staffed)
    assert turn(staffed) == [MANAGER]
    clock.advance(timedelta(minutes=30))
    steering.resume(engine, clock, SLUG, **why)
    clock.advance(timedelta(minutes=1))
    assert turn(staffed) == [MANAGER]
    fail(staffed)
    assert turn(staffed) == [MANAGER, MANAGER]


def test_what_somebody_has_seen_alerts_nobody(staffed: World, clock: FixedClock) -> None:
    engine = staffed.runtime.engine
    fail(staffed)
    for notice in notices.listed(engine):
        notices.acknowledge(engine, clock, notice.id, by="tests")
    assert turn(staffed) == []
