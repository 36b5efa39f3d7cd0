"""Campaigns take turns, and a lease is its holder's alone, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from outreach.delivery import settle
from outreach.delivery.claiming import claim, give_back, submit
from outreach.gateways.memory import MemoryGateway
from outreach.planning.audience.queries import DELIVERIES
from outreach.store.engine import transaction
from tests.delivery.rows import SENDER, deliveries
from tests.world import crowd

# At this pace a chunk is so many messages: a quarter of a second of it.
PACE, CHUNK = 1_200, 100


@pytest.fixture
def broadcasts(runtime):
    return next(lane for lane in runtime.lanes if lane.name == "broadcasts")


@pytest.fixture
def waiting(runtime):
    """Queues `count` deliveries of a campaign, due `late` seconds ago."""

    def add(campaign: int, count: int, *, late: int = 0) -> None:
        now = runtime.clock.now()
        row = {
            "state": "pending", "reason": "", "channel": "sms", "zone": "Asia/Phnom_Penh",
            "due_at": now - timedelta(seconds=late), "expires_at": now + timedelta(days=2),
            "attempts": 0, "updated_at": now, "campaign_id": campaign, "broadcast_id": campaign,
            "language": "km",
        }  # fmt: skip
        with transaction(runtime.engine) as connection:
            connection.execute(
                DELIVERIES.insert(), [row | {"contact_id": who} for who in range(count)]
            )

    return add


def campaigns_of(runtime, ids):
    with transaction(runtime.engine) as connection:
        rows = connection.execute(DELIVERIES.select().where(DELIVERIES.c.id.in_(ids))).all()
    by_id = {row.id: row.campaign_id for row in rows}
    return [by_id[number] for number in ids]


def test_a_small_campaign_does_not_wait_behind_a_huge_one_that_began_earlier(
    runtime, broadcasts, waiting
):
    waiting(1, 3_000, late=3600)
    waiting(2, 10)
    ids = claim(runtime.engine, broadcasts, "sms", runtime.clock.now(), 40)
    turns = campaigns_of(runtime, ids)
    assert len(ids) == 40
    assert sorted(turns[:20]) == [1] * 10 + [2] * 10
    assert turns[20:] == [1] * 20  # nothing of the second one waits: the first has all the places


@dataclass
class Counting(MemoryGateway):
    """Does `then` when `at` messages have come, and says stop when all of `last` got theirs."""

    then: Callable[[], None] = lambda: None
    at: int = 0
    last: frozenset[str] = frozenset()
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_sms(self, sms):
        answer = await super().send_sms(sms)
        if len(self.sms) == self.at:
            self.then()  # meanwhile nothing else is sent
        if self.last <= {sms.to for sms in self.sms[self.at :]}:
            self.stop.set()
        return answer


def test_ten_people_do_not_wait_behind_the_two_thousand_of_a_campaign_under_way(runtime, world):
    many = 2_000
    crowd(world, many)
    ten = frozenset(world.enrol(1_000_000 + index, sex="male") for index in range(10))
    world.fire("{sex: female}")
    gateway = Counting(
        now=runtime.clock.now,
        then=lambda: world.fire("{sex: male}", slug="small"),
        at=CHUNK,
        last=ten,
    )
    settings = runtime.settings.model_copy(update={"sms_pace": PACE})
    sender = replace(runtime, gateway=gateway, settings=settings).dispatcher()
    asyncio.run(asyncio.wait_for(sender.run(gateway.stop), 30))
    behind = max(index for index, sms in enumerate(gateway.sms) if sms.to in ten) - gateway.at
    # What leaves, what is recorded and what is leased meanwhile; then they have half the places.
    assert behind < 5 * CHUNK
    assert len(gateway.sms) < many / 2  # so the others did wait


def test_with_fewer_places_than_campaigns_no_one_is_always_last(runtime, broadcasts, waiting):
    for campaign in (1, 2, 3, 4):
        waiting(campaign, 30)
    first = [
        campaigns_of(runtime, claim(runtime.engine, broadcasts, "sms", runtime.clock.now(), 1))[0]
        for _ in range(60)
    ]
    assert set(first) == {1, 2, 3, 4}


def test_a_campaign_that_is_not_due_takes_no_place(runtime, broadcasts, waiting):
    waiting(1, 5, late=-600)
    waiting(2, 5)
    ids = claim(runtime.engine, broadcasts, "sms", runtime.clock.now(), 4)
    assert campaigns_of(runtime, ids) == [2] * 4


def test_within_a_campaign_the_longest_due_goes_first(runtime, broadcasts, waiting):
    waiting(1, 3)
    now = runtime.clock.now()
    with transaction(runtime.engine) as connection:
        third = DELIVERIES.update().where(DELIVERIES.c.contact_id == 2)
        connection.execute(third.values(due_at=now - timedelta(hours=1)))
    ids = claim(runtime.engine, broadcasts, "sms", now, 1)
    with transaction(runtime.engine) as connection:
        (row,) = connection.execute(DELIVERIES.select().where(DELIVERIES.c.id.in_(ids))).all()
    assert row.contact_id == 2


def test_a_worker_that_wakes_up_after_its_lease_sends_nothing_that_another_took(
    database, clock, lane, queue
):
    ids = queue(3)
    assert claim(database, lane, "sms", clock.now(), 10, "sleeper") == ids
    clock.advance(timedelta(minutes=11))
    settle.tidy(database, clock, lane)
    assert claim(database, lane, "sms", clock.now(), 10, "other") == ids
    assert submit(database, lane, ids, SENDER, clock.now(), "sleeper") == []
    give_back(database, lane, ids, clock.now(), "sleeper")
    assert {row.state for row in deliveries(database)} == {"leased"}
    assert len(submit(database, lane, ids, SENDER, clock.now(), "other")) == 3
