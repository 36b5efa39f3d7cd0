"""S18: a process has not the key that something is sealed with: nothing is lost, no STOP either."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outreach.bootstrap import Runtime, assemble
from outreach.content.shipped import shipped_of
from outreach.delivery import settle
from outreach.delivery.tables import Attempt, Delivery
from outreach.gateways.ports import Uncertain
from outreach.hotline.tables import HelpDelivery, StaffAlert
from outreach.kernel.sealing import new_keys
from outreach.settings import Settings, load_settings
from tests.world import World

DELIVERIES, ATTEMPTS, ANSWERS, ALERTS = (
    Delivery.__table__,
    Attempt.__table__,
    HelpDelivery.__table__,
    StaffAlert.__table__,
)


@pytest.fixture
def elsewhere(world: World) -> World:
    """Another process whose settings know a newer sealing key, first in both sets."""

    def newer(keys: str) -> str:
        return f"{new_keys().split(',')[0]},{keys}"

    given = world.runtime.settings
    settings = load_settings(
        database_url=given.database_url,
        secret_keys=newer(given.secret_keys.get_secret_value()),
        help_keys=newer(given.help_keys.get_secret_value()),
        sender=given.sender,
        sms_pace=10_000,
    )
    return World(again(world, settings))


def again(world: World, settings: Settings) -> Runtime:
    runtime = world.runtime
    return assemble(settings, runtime.engine, runtime.clock, runtime.gateway, shipped_of(settings))


def test_s18_a_broadcast_to_a_number_that_does_not_open_waits_and_the_others_go(
    world: World, elsewhere: World
) -> None:
    new, old = elsewhere.enrol(1), world.enrol(2)
    world.fire()
    world.send()
    assert [sms.to for sms in world.gateway.sms] == [old]
    assert next((row.state, row.reason) for row in world.all(DELIVERIES)) == (
        "pending",
        "not_opened",
    )
    world.runtime.clock.advance(timedelta(minutes=1))
    elsewhere.send()
    assert [sms.to for sms in world.gateway.sms] == [old, new]


def test_s9_an_answer_that_does_not_open_waits_and_a_person_is_told_when_it_is_too_late(
    world: World, elsewhere: World
) -> None:
    elsewhere.text("+855380000007", "JOB")
    world.send()
    assert world.gateway.sms == []
    world.runtime.clock.advance(timedelta(minutes=1))
    world.send()
    assert [row.reason for row in world.all(ANSWERS)] == ["not_opened"]
    world.runtime.clock.advance(timedelta(minutes=5))
    settle.tidy(world.runtime.engine, world.runtime.clock, world.runtime.lanes[0])
    assert [row.kind for row in world.all(ALERTS)] == ["answer_dropped"]


def test_a_lost_answer_of_a_number_that_does_not_open_waits_and_the_others_are_looked_up(
    world: World, elsewhere: World
) -> None:
    for index in range(1, 5):  # more than the refusals after which the gateway is left alone
        elsewhere.enrol(index)
    world.enrol(5)
    world.fire()
    world.gateway.script(*[Uncertain("time-out")] * 5, taken=True)
    elsewhere.send()
    assert states(world) == ["submitting"] * 5
    world.runtime.clock.advance(timedelta(minutes=2))
    reconcile(world)
    assert states(world) == ["submitting"] * 4 + ["submitted"]
    world.runtime.clock.advance(timedelta(minutes=3))
    reconcile(elsewhere)
    assert states(world) == ["submitted"] * 5
    assert len(world.gateway.sms) == 5


def states(world: World) -> list[str]:
    return [row.state for row in sorted(world.all(ATTEMPTS), key=lambda row: row.delivery_id)]


def reconcile(world: World) -> None:
    runtime = world.runtime
    (lane,) = (lane for lane in runtime.lanes if lane.deliveries is DELIVERIES)
    asyncio.run(settle.reconcile(runtime.engine, runtime.clock, lane, runtime.gateway))
