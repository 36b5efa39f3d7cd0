"""What a process that is gone had leased goes soon, and one that was only slow does not send it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from outreach.bootstrap import Runtime
from outreach.delivery import queries, settle
from outreach.delivery.claiming import claim, give_back, submit
from outreach.delivery.moves import queries as batch
from outreach.delivery.tables import Delivery
from outreach.store.engine import transaction
from outreach.store.processes import Identity, leave, report
from tests.world import World

DELIVERIES = Delivery.__table__
SENDER, SLOW, OTHER = "+855380000001", "worker-slow", "worker-other"


def come(engine: Engine, *names: str) -> None:
    """Workers make themselves known."""
    for name in names:
        report(engine, Identity(name, "worker", "here", 1))


def fall_silent(engine: Engine, name: str, seconds: int) -> None:
    silent = text("UPDATE process SET seen_at = seen_at - :by WHERE id = :name")
    with transaction(engine) as connection:
        connection.execute(silent, {"by": timedelta(seconds=seconds), "name": name})


def holders(world: World) -> Counter[str | None]:
    return Counter(row.lease_by for row in world.all(DELIVERIES))


@pytest.fixture
def leased(runtime: Runtime, world: World) -> dict[str, list[int]]:
    """What two workers have leased, four messages each."""
    for index in range(8):
        world.enrol(index)
    world.fire()
    come(runtime.engine, SLOW, OTHER)
    lane, now = runtime.desk.broadcasts, runtime.clock.now()
    return {name: claim(runtime.engine, lane, "sms", now, 4, name) for name in (SLOW, OTHER)}


def test_only_the_leases_of_who_is_not_heard_of_come_back(runtime, world, leased):
    engine, clock, lane = runtime.engine, runtime.clock, runtime.desk.broadcasts
    fall_silent(engine, SLOW, seconds=10)
    assert settle.tidy(engine, clock, lane) == 0
    fall_silent(engine, SLOW, seconds=10)
    assert settle.tidy(engine, clock, lane) == 4
    assert holders(world) == {None: 4, OTHER: 4}
    assert len(submit(engine, lane, leased[OTHER], SENDER, clock.now(), OTHER)) == 4


def test_who_took_leave_and_left_leases_behind_has_none(runtime, world, leased):
    leave(runtime.engine, Identity(SLOW, "worker", "here", 1))
    settle.tidy(runtime.engine, runtime.clock, runtime.desk.broadcasts)
    assert holders(world) == {None: 4, OTHER: 4}


def test_who_was_only_slow_sends_nothing_of_what_came_back(runtime, world, leased):
    engine, clock, lane = runtime.engine, runtime.clock, runtime.desk.broadcasts
    mine = leased[SLOW]
    fall_silent(engine, SLOW, seconds=20)
    settle.tidy(engine, clock, lane)
    assert submit(engine, lane, mine, SENDER, clock.now(), SLOW) == []
    assert claim(engine, lane, "sms", clock.now(), 10, OTHER) == mine
    # It is heard of again, and goes on where it was.
    come(engine, SLOW)
    assert submit(engine, lane, mine, SENDER, clock.now(), SLOW) == []
    give_back(engine, lane, mine, clock.now(), SLOW)
    assert len(submit(engine, lane, mine, SENDER, clock.now(), OTHER)) == 4


def test_what_somebody_silent_leases_twice_leaves_once(runtime, leased):
    engine, clock, lane = runtime.engine, runtime.clock, runtime.desk.broadcasts
    mine = leased[SLOW]
    fall_silent(engine, SLOW, seconds=20)
    settle.tidy(engine, clock, lane)
    assert claim(engine, lane, "sms", clock.now(), 10, SLOW) == mine
    assert len(submit(engine, lane, mine, SENDER, clock.now(), SLOW)) == 4
    assert submit(engine, lane, mine, SENDER, clock.now(), SLOW) == []


def test_what_somebody_silent_records_at_this_moment_is_not_waited_for(runtime, leased):
    engine, clock, lane = runtime.engine, runtime.clock, runtime.desk.broadcasts
    fall_silent(engine, SLOW, seconds=20)
    with transaction(engine) as recording, transaction(engine) as beside:
        assert len(batch.leased(lane, leased[SLOW], SLOW).all(recording)) == 4
        assert queries.reclaim(beside, lane, clock.now()) == 0


def test_what_somebody_decides_about_at_this_moment_is_not_waited_for(runtime, world):
    engine, clock, lane = runtime.engine, runtime.clock, runtime.desk.broadcasts
    for index in range(2):
        world.enrol(index)
    world.fire()
    clock.advance(timedelta(hours=49))
    first, second = (row.contact_id for row in world.all(DELIVERIES))
    with transaction(engine) as stopping, transaction(engine) as beside:
        assert queries.waiting_of_contact(stopping, lane, first)
        late = queries.overdue(beside, lane, clock.now(), 10)
    assert [row.contact_id for row in late] == [second]
