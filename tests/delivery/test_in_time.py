"""What was recorded in time and was held up leaves in time or not at all (S9)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from outreach.gateways.memory import MemoryGateway
from outreach.kernel.clock import FixedClock
from tests.world import World, number


@dataclass
class Slow(MemoryGateway):
    """While it takes one text, two minutes pass."""

    clock: FixedClock | None = None

    async def send_sms(self, sms):
        assert self.clock
        self.clock.advance(timedelta(minutes=2))
        return await super().send_sms(sms)


def test_s9_an_answer_that_is_held_up_after_its_record_is_dropped(
    world: World, clock: FixedClock
) -> None:
    for index in (1, 2, 3):
        world.text(number(index), "ជួយ")
    clock.advance(timedelta(minutes=2))
    gateway = Slow(now=clock.now, clock=clock)
    runtime = replace(world.runtime, gateway=gateway)
    asyncio.run(runtime.dispatcher().drain())
    # The last one was recorded with three minutes left, and four passed.
    assert [sms.to for sms in gateway.sms] == [number(1), number(2)]
    assert [sms.validity for sms in gateway.sms] == [180, 60]
