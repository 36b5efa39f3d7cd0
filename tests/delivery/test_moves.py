"""Every event befalls a delivery in every state, on both databases: the table is what happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from outreach.delivery import gate, settle
from outreach.delivery.claiming import Outgoing, claim, give_back, submit
from outreach.delivery.progress import News, apply
from outreach.delivery.rules.moves import MOVES, Event, after
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.delivery.stopping import suppress_contact
from outreach.delivery.tables import Attempt, Delivery
from outreach.planning import steering
from outreach.planning.tables import Broadcast
from outreach.store.engine import transaction
from tests.world import SLUG, World

DELIVERIES: Table = Delivery.__table__
ATTEMPTS: Table = Attempt.__table__
BROADCASTS: Table = Broadcast.__table__
STATES = list(DeliveryState)
A = AttemptState


@pytest.fixture
def one_of_each(world: World) -> World:
    """One delivery in each state, each tried once (its attempt has no answer yet, or, where the
    delivery is unknown, fell silent)."""
    for index in range(len(STATES)):
        world.enrol(index + 1)
    world.fire()
    runtime = world.runtime
    lane, now = runtime.lanes[1], runtime.clock.now()
    ids = claim(runtime.engine, lane, "sms", now, 50)
    assert len(submit(runtime.engine, lane, ids, "+855380000001", now)) == len(STATES)
    with transaction(runtime.engine) as connection:
        for number, state in zip(sorted(ids), STATES, strict=True):
            until = now + timedelta(minutes=10) if state is DeliveryState.LEASED else None
            connection.execute(
                DELIVERIES.update()
                .where(DELIVERIES.c.id == number)
                .values(state=state, lease_until=until)
            )
        unknown = sorted(ids)[STATES.index(DeliveryState.UNKNOWN)]
        connection.execute(
            ATTEMPTS.update()
            .where(ATTEMPTS.c.delivery_id == unknown)
            .values(state=A.UNKNOWN, sid="SMx")
        )
    return world


def befall(world: World, event: Event) -> None:
    """Does `event` to all deliveries, by the very functions that do it in earnest."""
    runtime, lane = world.runtime, world.runtime.lanes[1]
    engine, clock = runtime.engine, runtime.clock
    now, ids = clock.now(), [row.id for row in world.all(DELIVERIES)]
    match event:
        case Event.LEASE:
            claim(engine, lane, "sms", now, 50)
        case Event.GIVE_BACK:
            give_back(engine, lane, ids, now)
        case Event.RECLAIM:
            clock.advance(timedelta(minutes=11))
            settle.tidy(engine, clock, lane)
        case Event.SUBMIT:
            submit(engine, lane, ids, "+855380000001", now)
        case Event.WITHDRAW:
            items = [
                Outgoing(row.id, row.delivery_id, row.public_id, "sms", "", "", 1, 60, now)
                for row in world.all(ATTEMPTS)
            ]
            gate.withdraw(engine, clock, lane, items)
        case Event.SUPPRESS:
            with transaction(engine) as connection:
                for row in world.all(DELIVERIES):
                    suppress_contact(connection, lane, row.contact_id, "opted_out", now)
        case Event.CANCEL:
            steering.cancel(engine, clock, SLUG, reason="test", by="tester")
            steering.end_canceled(engine, clock, lane)
        case Event.EXPIRE:
            # A lease comes back first, in the same turn.
            clock.advance(timedelta(hours=49))
            settle.tidy(engine, clock, lane)
        case _:
            hear(world, event)


def hear(world: World, event: Event) -> None:
    """News of each delivery's newest attempt."""
    runtime = world.runtime
    news: dict[Event, dict[str, Any]] = {
        Event.NEVER_TAKEN: {"state": A.ERRORED, "again_after": timedelta(seconds=30)},
        Event.ARRIVED: {"state": A.DELIVERED},
        Event.RETRY: {"state": A.ERRORED, "error_code": "30003"},
        Event.FAIL: {"state": A.FAILED, "error_code": "30006"},
        Event.END: {"state": A.CANCELED},
        Event.SILENCE: {"state": A.UNKNOWN, "error_code": "silent"},
    }
    with transaction(runtime.engine) as connection:
        items = [News(row.id, **news[event]) for row in world.all(ATTEMPTS)]
        apply(connection, runtime.lanes[1], items, runtime.clock.now())


def test_every_event_does_to_every_state_what_the_table_says(one_of_each: World) -> None:
    before = [(table, one_of_each.all(table)) for table in (DELIVERIES, ATTEMPTS)]
    # Those that put the clock on come last.
    late = (Event.RECLAIM, Event.EXPIRE)
    for event in (*(event for event in Event if event not in late), *late):
        restore(one_of_each, before)
        befall(one_of_each, event)
        found = {s: row.state for s, row in zip(STATES, one_of_each.all(DELIVERIES), strict=True)}
        assert found == {state: after(state, event) for state in STATES}, event


def restore(world: World, rows: list[tuple[Table, Any]]) -> None:
    """Puts every delivery and attempt back as it was, and its broadcast on its way."""
    with transaction(world.runtime.engine) as connection:
        for table, kept in rows:
            connection.execute(table.delete())
            connection.execute(table.insert(), [dict(row._mapping) for row in kept])
        connection.execute(BROADCASTS.update().values(state="running", finished_at=None))


def test_what_has_ended_stays_so_unless_it_arrived_after_all() -> None:
    ended = ("done", "failed", "expired", "canceled", "suppressed")
    for state in map(DeliveryState, ended):
        assert set(MOVES[state].values()) <= {DeliveryState.DONE}
