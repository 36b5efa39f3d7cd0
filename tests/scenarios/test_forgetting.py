"""S24: somebody is forgotten while a broadcast is on its way to them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outreach.delivery import settle
from outreach.delivery.tables import Attempt, Delivery
from outreach.gateways.ports import ErrorClass, Uncertain
from outreach.people import queries, rights
from outreach.people.rights import Asking
from outreach.reach.fold import fold
from outreach.reach.report import report
from tests.world import World

DELIVERIES, ATTEMPTS = Delivery.__table__, Attempt.__table__


def forget(world: World, who: str) -> None:
    runtime = world.runtime
    asking = Asking("dara", "Asked at the office")
    assert rights.forget(runtime.engine, runtime.desk.vault, runtime.clock, who, asking)


def test_s24_nobody_forgotten_is_planned_for_or_sent_to(world: World) -> None:
    before, waiting, other = (world.enrol(index) for index in range(3))
    forget(world, before)
    world.fire()
    forget(world, waiting)
    world.send()
    assert [sms.to for sms in world.gateway.sms] == [other]
    assert [(row.state, row.reason) for row in world.all(DELIVERIES)] == [
        ("suppressed", "no_consent"),
        ("trying", ""),
    ]


def test_s24_a_lost_answer_of_somebody_forgotten_is_unknown_and_never_sent_again(
    world: World,
) -> None:
    who, runtime = world.enrol(1), world.runtime
    world.fire()
    world.gateway.script(Uncertain("time-out"), taken=True)
    world.send()
    forget(world, who)
    runtime.clock.advance(timedelta(minutes=2))
    lane = runtime.lanes[1]
    assert asyncio.run(settle.reconcile(runtime.engine, runtime.clock, lane, world.gateway)) == 1
    (attempt,) = world.all(ATTEMPTS)
    assert (attempt.state, attempt.error_code) == ("unknown", "forgotten")
    runtime.clock.advance(timedelta(days=1))
    world.send()
    assert len(world.gateway.sms) == 1


@pytest.mark.parametrize("late", ["delivered", "opted_out"])
def test_s24_what_is_reported_after_forgetting_is_still_counted(world: World, late: str) -> None:
    who = world.enrol(1)
    world.fire()
    world.send()
    forget(world, who)
    (attempt,) = world.all(ATTEMPTS)
    if late == "delivered":
        world.report(attempt.public_id, "delivered")
    else:
        world.report(attempt.public_id, "failed", klass=ErrorClass.OPTED_OUT, error_code="21610")
    (delivery,) = world.all(DELIVERIES)
    assert delivery.state == ("done" if late == "delivered" else "failed")
    assert len(world.all(queries.OPT_OUTS)) == 1
    fold(world.runtime.engine)
    found = report(world.runtime.engine)
    assert (found.submitted, found.reached) == (1, 1 if late == "delivered" else 0)
