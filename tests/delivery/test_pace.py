"""The pace in parts per second."""

from __future__ import annotations

import asyncio
import time

from outreach.delivery.pace import Pacer


def test_a_hundred_parts_at_two_hundred_a_second_take_their_time():
    async def spend() -> float:
        pacer = Pacer(200)
        began = time.monotonic()
        for _ in range(50):
            await pacer.take(3)
        return time.monotonic() - began

    # 150 parts less the first burst of 50: half a second at the least.
    assert asyncio.run(spend()) >= 0.49


def test_an_answer_overtakes_and_the_broadcast_pays_for_it():
    async def spend() -> float:
        pacer = Pacer(200)
        for _ in range(30):
            pacer.overtake(5)
        began = time.monotonic()
        await pacer.take(1)
        return time.monotonic() - began

    assert asyncio.run(spend()) >= 0.4
