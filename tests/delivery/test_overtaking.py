"""Whoever asks for help is answered in the middle of a broadcast, before the rest of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import Inbound
from outreach.hotline.inbound import receive
from tests.delivery.rows import SENDER
from tests.world import World, crowd, number

PEOPLE, PERSON = 300, number(9_000)
# Four texts of the broadcast a second, at most: it would take minutes.
PACE = 8


@dataclass
class Asking(MemoryGateway):
    """After the third text of the broadcast somebody asks for help."""

    ask: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_sms(self, sms):
        answer = await super().send_sms(sms)
        if len(self.sms) == 3:
            self.ask.set()
        if sms.to == PERSON:
            self.answered.set()
        return answer


def test_s9_an_answer_leaves_in_the_middle_of_a_broadcast_and_waits_for_none_of_it(
    runtime, world: World
) -> None:
    crowd(world, PEOPLE)
    world.fire()
    settings = runtime.settings.model_copy(update={"sms_pace": PACE})

    async def story() -> list[str]:
        gateway = Asking(now=runtime.clock.now)
        dispatcher = replace(runtime, gateway=gateway, settings=settings).dispatcher()
        sending = asyncio.create_task(dispatcher.run(gateway.answered))
        async with asyncio.timeout(20):
            await gateway.ask.wait()
            await asyncio.to_thread(receive, runtime.desk, [Inbound("SM1", PERSON, SENDER, "1")])
            before = len(gateway.sms)
            await gateway.answered.wait()
            sent = [sms.to for sms in gateway.sms[before:]]
            await sending
        return sent

    sent = asyncio.run(story())
    assert PERSON in sent
    # The pump looks every fifth of a second: one or two of the broadcast may leave meanwhile.
    assert len(sent) <= 3
