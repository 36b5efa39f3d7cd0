"""S16: a number that nothing reached for 90 days may be somebody else's: consent ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event

from outreach.delivery.tables import Attempt
from outreach.gateways.ports import ErrorClass
from outreach.kernel.clock import FixedClock
from outreach.people.audit import Asking
from outreach.people.persons.linking import link
from outreach.people.queries import CONTACTS, EVENTS
from outreach.planning.queries import unreached
from outreach.store.engine import reading
from outreach.store.ledger import LEDGER
from outreach.worker.chores import CHORES
from tests.world import World

ATTEMPTS = Attempt.__table__
MONTH = timedelta(days=31)


def month(world: World, clock: FixedClock, said: str = "failed", **more: object) -> None:
    """A campaign goes to everybody, ends as `said`, and a month passes."""
    world.fire()
    world.send()
    for attempt in world.all(ATTEMPTS):
        if attempt.state == "submitted":
            world.report(attempt.public_id, said, **more)
    clock.advance(MONTH)


def standing(world: World) -> list[str]:
    (chore,) = [chore for chore in CHORES if chore.name == "lapse"]
    asyncio.run(chore.work(world.runtime))
    return [row.consent for row in world.all(CONTACTS)]


NEVER = {"klass": ErrorClass.NEVER, "error_code": "30005"}


def test_s16_three_messages_failed_over_90_days_end_consent_and_links(
    world: World, clock: FixedClock
) -> None:
    numbers = [world.enrol(index) for index in (1, 2)]
    desk, asked = world.runtime.desk, Asking("dara", "Both are hers, she says")
    link(world.runtime.engine, desk.vault, clock, *numbers, asked)
    month(world, clock, **NEVER)
    month(world, clock, **NEVER)
    assert standing(world) == ["consented", "consented"]
    month(world, clock, **NEVER)
    assert standing(world) == ["lapsed", "lapsed"]
    assert [(row.person_id, row.sex) for row in world.all(CONTACTS)] == [(None, "not_asked")] * 2
    assert [(e.after, e.source, e.how) for e in world.all(EVENTS)] == [
        ("lapsed", "system", "unreachable")
    ] * 2
    told = len(world.all(LEDGER))
    assert standing(world) == ["lapsed", "lapsed"]
    assert len(world.all(LEDGER)) == told


def test_s16_a_message_that_arrives_meanwhile_saves_the_person(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    for said in (NEVER, {"said": "delivered"}, NEVER, NEVER):
        month(world, clock, **said)
    assert standing(world) == ["consented"]


@pytest.mark.parametrize(
    "said",
    [{"klass": ErrorClass.BLOCKED, "error_code": "30007"}, {"said": "sent"}],
)
def test_s16_what_says_nothing_of_the_number_ends_nothing(
    world: World, clock: FixedClock, said: dict[str, object]
) -> None:
    world.enrol(1)
    for _ in range(4):
        month(world, clock, **said)
    assert standing(world) == ["consented"]


def test_s16_who_said_start_meanwhile_is_there(world: World, clock: FixedClock) -> None:
    who = world.enrol(1)
    for _ in range(3):
        month(world, clock, **NEVER)
    world.text(who, "STOP")
    world.text(who, "START")
    assert standing(world) == ["consented"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whom_nothing_reaches_is_looked_for_among_what_failed(world: World) -> None:
    engine, plans = world.runtime.engine, []

    def explain(_connection, cursor, statement, parameters, _context, _many):
        if not statement.startswith("EXPLAIN"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append(str(cursor.fetchall()))

    with reading(engine) as connection:
        event.listen(connection, "before_cursor_execute", explain)
        unreached(connection, (0, 10), world.runtime.clock.now(), 3, 10)
    assert "ix_delivery_failed" in plans[-1]
