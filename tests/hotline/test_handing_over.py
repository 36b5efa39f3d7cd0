"""At the change of a shift the next worker reads what is open, confirms it, and takes over."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from outreach.hotline import queries as store
from outreach.hotline.callback import missed_call
from outreach.hotline.duty.handing_over import HandOver, hand_over, see_alerts, take_over
from outreach.hotline.inbox.queries import CONVERSATIONS
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Conflict
from outreach.staff import roster
from outreach.staff.rules.duty import HOME_ZONE, Shift
from outreach.store.engine import transaction
from tests.staff.people import join
from tests.world import World, number

MORNING = Shift(HOME_ZONE, None, "1234567", time(8), time(12))
NOON = Shift(HOME_ZONE, None, "1234567", time(12), time(16))


@pytest.fixture
def change(world: World, clock: FixedClock) -> World:
    """Dara's shift is over, and Sokha's began; Dara had one conversation, a child's another."""
    runtime = world.runtime
    for name, shift in (("dara", MORNING), ("sokha", NOON)):
        join(runtime.engine, runtime.desk.vault, clock, name)
        roster.add(runtime.engine, clock, name, shift, by="tests")
    for index in (1, 2, 3):
        world.text(number(index), "ជួយខ្ញុំផង")
    with transaction(runtime.engine) as connection:
        taken = {"state": "assigned", "assigned_to": "dara"}
        c = CONVERSATIONS.c
        connection.execute(CONVERSATIONS.update().where(c.id < 3).values(taken))
        connection.execute(CONVERSATIONS.update().where(c.id == 2).values(child=True))
    clock.advance(timedelta(hours=3))
    return world


def left(world: World) -> HandOver:
    return hand_over(world.runtime.engine, world.runtime.clock)


def whose(world: World) -> list[str]:
    return [row.assigned_to for row in world.all(CONVERSATIONS)]


def test_what_is_open_is_listed_and_what_is_left_behind_is_marked(change: World) -> None:
    missed_call(change.runtime.desk, number(4), "CA1")
    found = left(change)
    assert sorted((item.assigned_to, item.left) for item in found.conversations) == [
        ("", False), ("", False), ("dara", True), ("dara", True),
    ]  # fmt: skip
    assert found.calls == 1


def test_s15_whoever_takes_over_gets_what_they_may_have(change: World) -> None:
    desk = change.runtime.desk
    assert take_over(desk, "sokha", left(change).seen, child_trained=False) == 1
    assert whose(change) == ["sokha", "dara", ""]
    assert take_over(desk, "chan", left(change).seen, child_trained=True) == 1
    assert whose(change) == ["sokha", "chan", ""]
    assert left(change).taken_by == "chan"


def test_a_list_that_changed_is_read_again_first(change: World) -> None:
    seen = left(change).seen
    change.text(number(9), "ជួយខ្ញុំផង")
    with pytest.raises(Conflict, match="look at it again"):
        take_over(change.runtime.desk, "sokha", seen, child_trained=True)
    assert "sokha" not in whose(change)


def test_nobody_loses_what_they_have_while_they_are_on_duty(
    change: World, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=-1))
    assert take_over(change.runtime.desk, "sokha", left(change).seen, child_trained=True) == 0
    assert whose(change)[:2] == ["dara", "dara"]


def test_s22_taking_over_is_noted(change: World) -> None:
    take_over(change.runtime.desk, "sokha", left(change).seen, child_trained=True)
    noted = [(row.by, row.action) for row in change.all(store.AUDIT)]
    assert noted == [("sokha", "took over")] * 2


def test_an_alert_is_listed_until_somebody_has_seen_it(change: World) -> None:
    desk = change.runtime.desk
    with transaction(desk.engine) as connection:
        for kind in ("answer_failed", "help", "loop"):
            store.add_alert(connection, kind, "re_1", desk.clock.now())
    shown = left(change).alerts
    assert [alert.kind for alert in shown][-2:] == ["answer_failed", "loop"]
    see_alerts(desk, "sokha", shown[-2].id)
    assert [alert.kind for alert in left(change).alerts] == ["loop"]
    assert see_alerts(desk, "sokha", shown[-2].id) == 0
    assert [row.action for row in change.all(store.AUDIT)] == ["saw alerts"]
