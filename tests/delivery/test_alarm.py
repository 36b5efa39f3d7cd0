"""Too many failures pause a campaign and tell a person; only a person lets it go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.delivery import switches
from outreach.delivery.alarm import watch
from outreach.delivery.rules.alarm import LEAST, WINDOW, alarming
from outreach.delivery.stops import notices
from outreach.delivery.tables import Attempt
from outreach.gateways.ports import ErrorClass, Outcome, Rejected, Throttled
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Conflict, NotFound
from outreach.planning import steering
from tests.world import SLUG, World

ATTEMPTS = Attempt.__table__
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
