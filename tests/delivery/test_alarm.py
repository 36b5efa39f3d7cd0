"""Too many failures pause a campaign and tell a person; only a person lets it go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery import switches
from outreach.delivery.alarm import watch
from outreach.delivery.rules.alarm import LEAST, WINDOW, alarming, harmless
from outreach.delivery.rules.consequences import ALARMING
from outreach.delivery.stops import notices, queries
from outreach.delivery.tables import Attempt
from outreach.gateways.ports import Accepted, ErrorClass, Outcome, Rejected, Throttled
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Conflict, NotFound
from outreach.planning import steering
from outreach.store.engine import transaction
from tests.world import SLUG, World

ATTEMPTS = Attempt.__table__
SECOND = timedelta(seconds=1)
WHY = {"reason": "looked at", "by": "tests"}
FAILED = Rejected("30005", ErrorClass.RETRY_LITTLE)


@pytest.mark.parametrize(
    ("failed", "total", "loud"),
    [
        (0, 0, False),
        (LEAST - 1, LEAST - 1, False),
        (LEAST, LEAST, True),
        (25, 50, False),
        (26, 50, True),
        (400, 1_000, False),
    ],
)
def test_a_share_is_alarming_only_of_enough(failed: int, total: int, loud: bool) -> None:
    assert alarming(failed, total) is loud


@given(st.integers(0, 200), st.integers(0, 400))
def test_from_so_many_on_the_same_failures_alarm_nobody(failed: int, total: int) -> None:
    enough = harmless(failed)
    assert alarming(failed, max(failed, total)) is (
        max(failed, total) >= LEAST and max(failed, total) < enough
    )


def sent(world: World, *outcomes: Outcome) -> list[str]:
    """Sends a broadcast with these outcomes; the stops that the watch made."""
    for index in range(len(outcomes)):
        world.enrol(index)
    world.fire()
    world.gateway.script(*outcomes)
    world.send()
    runtime = world.runtime
    return watch(runtime.engine, runtime.clock, runtime.desk.broadcasts)


def test_a_campaign_of_which_too_much_fails_is_paused_and_told_once(
    world: World, clock: FixedClock
) -> None:
    engine = world.runtime.engine
    assert sent(world, *[FAILED] * LEAST) == ["campaign:1"]
    assert watch(engine, clock, world.runtime.desk.broadcasts) == []
    (notice,) = notices.listed(engine)
    assert (notice.kind, notice.times) == ("failure_rate", 1)
    assert notice.detail == f"{LEAST} of {LEAST} by sms failed in 10 minutes."
    assert switches.list_on(engine)[0].by == "failure rate"


@pytest.mark.parametrize(("failed", "stops"), [(26, []), (27, ["campaign:1"])])
def test_what_went_well_meanwhile_is_counted_too(
    world: World, failed: int, stops: list[str]
) -> None:
    well = [Accepted(f"SM{index}", "submitted") for index in range(52 - failed)]
    assert sent(world, *[FAILED] * failed, *well) == stops


def test_the_newest_failures_alone_are_looked_at_however_many_there_are(
    world: World, clock: FixedClock
) -> None:
    sent(world, *[FAILED] * 3)
    lane, (first, second, third) = world.runtime.desk.broadcasts, world.all(ATTEMPTS)
    long_ago, now = clock.now() - timedelta(hours=1), clock.now()
    with transaction(world.runtime.engine) as connection:
        for row, at in ((first, now), (second, now + SECOND), (third, now + 2 * SECOND)):
            moved = ATTEMPTS.update().where(ATTEMPTS.c.id == row.id)
            connection.execute(moved.values(updated_at=at))
        for most, since in ((1, now + SECOND), (2, now), (3, long_ago)):
            found = queries.newest_failures(connection, lane, long_ago, most)
            assert found == since
            told = queries.failing(connection, lane, found, ALARMING)
            assert sum(row.failed for row in told) == most


def test_what_failed_before_a_person_let_it_go_on_does_not_pause_it_again(
    world: World, clock: FixedClock
) -> None:
    sent(world, *[FAILED] * LEAST)
    clock.advance(timedelta(minutes=1))
    runtime = world.runtime
    steering.resume(runtime.engine, clock, SLUG, **WHY)
    assert watch(runtime.engine, clock, runtime.desk.broadcasts) == []


def test_failures_of_long_ago_alarm_nobody(world: World, clock: FixedClock) -> None:
    for index in range(LEAST):
        world.enrol(index)
    world.fire()
    world.gateway.script(*[FAILED] * LEAST)
    world.send()
    clock.advance(WINDOW + timedelta(seconds=1))
    assert watch(world.runtime.engine, clock, world.runtime.desk.broadcasts) == []


@pytest.mark.parametrize(
    "outcome",
    [
        Throttled(60),
        Rejected("21610", ErrorClass.OPTED_OUT),
        Rejected("21606", ErrorClass.CONFIGURATION),
    ],
)
def test_what_says_nothing_of_the_campaign_alarms_nobody(world: World, outcome: Outcome) -> None:
    assert sent(world, *[outcome] * LEAST) == []


def test_an_attempt_keeps_the_class_of_its_error(world: World) -> None:
    sent(world, FAILED)
    assert [row.error_class for row in world.all(ATTEMPTS)] == ["retry_little"]


def test_a_notice_is_seen_once_and_comes_back_when_it_happens_again(
    world: World, clock: FixedClock
) -> None:
    engine = world.runtime.engine
    sent(world, Rejected("99999", ErrorClass.UNKNOWN), Rejected("99998", ErrorClass.UNKNOWN))
    (notice,) = notices.listed(engine)
    assert (notice.kind, notice.scope, notice.times) == ("unknown_code", "channel:sms", 2)
    notices.acknowledge(engine, clock, notice.id, by="tests")
    assert notices.listed(engine) == ()
    with pytest.raises(NotFound, match="notice"):
        notices.acknowledge(engine, clock, notice.id, by="tests")
    world.fire()
    world.gateway.script(Rejected("99999", ErrorClass.UNKNOWN))
    world.send()
    assert [n.times for n in notices.listed(engine)] == [1]
    assert len(notices.listed(engine, seen=True)) == 2


def test_what_the_gateway_refuses_is_told(world: World, clock: FixedClock) -> None:
    engine = world.runtime.engine
    sent(world, Rejected("30002", ErrorClass.SUSPENDED))
    assert [s.scope for s in switches.list_on(engine)] == ["everything"]
    assert "30002" in notices.listed(engine)[0].detail
    switches.go_on(engine, clock, "everything", **WHY)
    with pytest.raises(Conflict, match="Nothing stops"):
        switches.go_on(engine, clock, "everything", **WHY)
