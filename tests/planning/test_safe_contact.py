"""S5: broadcasts obey what a person set: the channel, the hours, the days, the language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from outreach.hotline import queries as help_store
from outreach.kernel.clock import FixedClock
from outreach.people.audit import Asking
from outreach.people.persons import safe
from outreach.people.persons.safe import Settings
from outreach.planning.audience.queries import DELIVERIES
from tests.world import World

ASKED = Asking("dara", "She told us by phone")


def set_safe(world: World, who: str, **settings: Any) -> None:
    desk = world.runtime.desk
    safe.put(desk.engine, desk.vault, desk.clock, who, Settings(**settings), ASKED)


def fate(world: World) -> tuple[str, str]:
    (row,) = world.all(DELIVERIES)
    return row.state, row.reason


# The clock stands on Monday, 2 March 2026, 09:00 in Phnom Penh; SMS may leave until 20:00.
@pytest.mark.parametrize(
    ("settings", "after", "state"),
    [
        ({}, timedelta(), "trying"),
        ({"hours": "08:00-10:00"}, timedelta(), "trying"),
        ({"hours": "18:30-21:00"}, timedelta(), "pending"),
        ({"hours": "18:30-21:00"}, timedelta(hours=9, minutes=30), "trying"),
        ({"days": "tue"}, timedelta(), "pending"),
        ({"days": "tue"}, timedelta(days=1), "trying"),
        ({"days": "tue", "hours": "18:30-21:00"}, timedelta(hours=33, minutes=30), "trying"),
    ],
)
def test_s5_a_broadcast_waits_for_the_persons_own_hours_and_days(
    world: World, clock: FixedClock, settings: dict[str, str], after: timedelta, state: str
) -> None:
    set_safe(world, world.enrol(1), **settings)
    world.fire()
    world.send()
    clock.advance(after)
    world.send()
    assert fate(world)[0] == state


@pytest.mark.parametrize(
    ("settings", "state"),
    [({"days": "sun"}, "expired"), ({"hours": "22:00-23:00"}, "suppressed")],
)
def test_s5_what_can_never_leave_in_their_hours_does_not_leave_at_others(
    world: World, clock: FixedClock, settings: dict[str, str], state: str
) -> None:
    set_safe(world, world.enrol(1), **settings)
    world.fire()
    for _ in range(4):
        world.send()
        clock.advance(timedelta(hours=11))
    assert fate(world)[0] == state
    assert world.gateway.sms == []


def test_s5_the_channel_is_obeyed_when_planned(world: World, clock: FixedClock) -> None:
    set_safe(world, world.enrol(1), channel="voice")
    world.fire()
    clock.advance(timedelta(hours=9))
    world.send()
    assert world.gateway.sms == []
    assert len(world.gateway.calls) == 1


def test_s5_a_channel_set_after_planning_still_holds(world: World) -> None:
    anna = world.enrol(1)
    world.fire()
    set_safe(world, anna, channel="voice")
    world.send()
    assert fate(world) == ("suppressed", "safe_contact")
    assert world.gateway.sms == []


def test_s5_the_language_set_after_planning_is_spoken(world: World) -> None:
    anna = world.enrol(1)
    world.fire()
    set_safe(world, anna, language="en")
    world.send()
    assert "work" in world.got(anna)[0].casefold()


def test_s4_stop_gets_no_line_where_the_person_chose_so_and_still_stops(world: World) -> None:
    anna, ben = world.enrol(1), world.enrol(2)
    set_safe(world, anna, stop_reply=False)
    for who in (anna, ben):
        world.text(who, "STOP")
    world.send()
    assert (world.got(anna), len(world.got(ben))) == ([], 1)
    assert world.one("SELECT count(*) FROM opt_out WHERE ended_at IS NULL") == 2


def test_s4_help_is_answered_also_where_stop_gets_no_line(world: World) -> None:
    anna = world.enrol(1)
    set_safe(world, anna, stop_reply=False)
    world.text(anna, "ឈប់ ជួយខ្ញុំ")
    world.send()
    assert world.got(anna) == [world.runtime.desk.replies.text("JOB", "km")]
    assert len(world.all(help_store.DELIVERIES)) == 1
