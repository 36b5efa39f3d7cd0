"""The last look before a request leaves takes back what was stopped since it was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from outreach.delivery import switches
from outreach.delivery.claiming import claim, submit
from outreach.delivery.gate import FRESH_SECONDS, Gate
from outreach.delivery.stops.queries import BUDGET
from outreach.delivery.tables import Attempt, Delivery
from outreach.planning import steering
from tests.world import SLUG, World, number

DELIVERIES, ATTEMPTS = Delivery.__table__, Attempt.__table__
WHY = {"reason": "test", "by": "tests"}


def stop(scope: str, by: str = "tests") -> Callable[[World], None]:
    return lambda world: switches.stop(
        world.runtime.engine, world.runtime.clock, scope, reason="test", by=by
    )


def cancel(world: World) -> None:
    steering.cancel(world.runtime.engine, world.runtime.clock, SLUG, **WHY)


def say_stop(world: World) -> None:
    world.text(number(1), "STOP")


def passing(world: World, act: Callable[[World], None]) -> list[bool]:
    """Of three recorded messages the first leaves, then `act` happens: which of the others may."""
    for index in range(3):
        world.enrol(index)
    world.fire()
    runtime, now = world.runtime, world.runtime.clock.now()
    lane = runtime.desk.broadcasts
    ids = claim(runtime.engine, lane, "sms", now, 3)
    outgoing = submit(runtime.engine, lane, sorted(ids), "+855380000009", now)

    async def story() -> list[bool]:
        gate = Gate(runtime.engine, runtime.clock, lane, asyncio.to_thread)
        gate.expect(outgoing)
        assert await gate.passes(outgoing[0])
        act(world)
        await asyncio.sleep(FRESH_SECONDS + 0.05)
        return [await gate.passes(item) for item in outgoing[1:]]

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("act", "left", "state", "reason"),
    [
        (stop("everything"), [False, False], "pending", "withdrawn"),
        (stop("channel:sms"), [False, False], "pending", "withdrawn"),
        (stop("channel:voice"), [True, True], "trying", ""),
        (stop("campaign:1", BUDGET), [True, True], "trying", ""),
        (cancel, [False, False], "canceled", "canceled"),
        (say_stop, [False, True], "suppressed", "opted_out"),
    ],
    ids=["everything", "its channel", "another channel", "a budget", "canceled", "s14 STOP"],
)
def test_s32_what_was_stopped_since_it_was_recorded_does_not_leave(
    world: World,
    act: Callable[[World], None],
    left: list[bool],
    state: str,
    reason: str,
) -> None:
    assert passing(world, act) == left
    row = world.all(DELIVERIES)[1]
    assert (row.state, row.reason) == (state, reason)
    if not left[0]:
        # It counts as no try, and the attempt says that it never left.
        assert row.attempts == 0
        assert world.all(ATTEMPTS)[1].state == "canceled"
