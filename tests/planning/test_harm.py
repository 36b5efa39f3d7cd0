"""S35: whoever says that a message did harm stops it, until two people looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.delivery import switches
from outreach.delivery.stops import harm, notices
from outreach.hotline.duty.alerting import alert_managers
from outreach.kernel.errors import BadInput, Conflict, NotFound, Refused
from outreach.planning import harm as planning
from outreach.planning import steering
from outreach.planning.queries import BROADCASTS
from outreach.store.engine import transaction
from tests.staff.people import join
from tests.world import SLUG, World, number

WORDS = "her husband read it and beat her"


def report(world: World, about: str = f"campaign:{SLUG}", words: str = WORDS) -> harm.Report:
    runtime = world.runtime
    planning.report(runtime.engine, runtime.clock, about, words=words, by="dara")
    return harm.listed(runtime.engine)[-1]


def look(world: World, found: harm.Report, by: str) -> harm.Report:
    runtime = world.runtime
    return harm.look(runtime.engine, runtime.clock, found.id, words="read it", by=by)


def resume(world: World) -> None:
    runtime = world.runtime
    steering.resume(runtime.engine, runtime.clock, SLUG, reason="reworded", by="maly")


@pytest.fixture
def fired(world: World) -> World:
    """A campaign that is being sent."""
    world.enrol(1)
    world.fire()
    return world


def test_s35_a_report_stops_the_campaign_at_once_and_whoever_runs_it_is_told(fired: World) -> None:
    runtime = fired.runtime
    join(runtime.engine, runtime.desk.vault, runtime.clock, "maly", "campaign_manager",
         phone=number(201), languages=["km"])  # fmt: skip
    found = report(fired)
    fired.send()
    assert fired.got(number(1)) == []
    (notice,) = notices.listed(runtime.engine)
    assert (notice.kind, notice.detail) == ("harm", f"Report {found.id}.")
    assert alert_managers(runtime.desk) == 1


def test_s35_it_goes_on_only_after_two_different_people_looked(fired: World) -> None:
    found = report(fired)
    for by in ("sokha", "maly"):
        with pytest.raises(Refused, match=found.id):
            resume(fired)
        found = look(fired, found, by)
    assert [each.by for each in found.looks] == ["sokha", "maly"]
    resume(fired)
    fired.send()
    assert len(fired.got(number(1))) == 1
    assert harm.listed(fired.runtime.engine) == []
    assert harm.listed(fired.runtime.engine, every=True) == [found]


def test_s35_one_person_who_looks_twice_is_one(fired: World) -> None:
    found = report(fired)
    look(fired, found, "sokha")
    with pytest.raises(Conflict, match="looked at this report before"):
        look(fired, found, "sokha")
    assert not look(fired, found, "Sokha").settled
    with pytest.raises(Refused):
        resume(fired)


def test_s35_each_report_is_looked_at_by_two(fired: World) -> None:
    first = report(fired)
    second = report(fired)
    for by in ("sokha", "maly"):
        look(fired, first, by)
    with pytest.raises(Refused, match=second.id):
        resume(fired)


def test_s35_no_other_command_lets_it_go_on_either(fired: World) -> None:
    report(fired)
    runtime = fired.runtime
    with pytest.raises(Refused):
        switches.go_on(runtime.engine, runtime.clock, "campaign:1", reason="x", by="maly")
    assert [switch.scope for switch in switches.list_on(runtime.engine)] == ["campaign:1"]


def test_s35_a_report_also_holds_back_what_a_used_up_budget_lets_go(fired: World) -> None:
    runtime = fired.runtime
    with transaction(runtime.engine) as connection:
        switches.turn_on(
            connection, "campaign:1", reason="used up", by="budget", now=runtime.clock.now()
        )
    report(fired)
    (switch,) = switches.list_on(runtime.engine)
    assert switch.by == "dara"


def test_s35_who_does_not_know_which_stops_all_that_fired_lately(fired: World) -> None:
    fired.bring_in(slug="not-sent-yet")
    report(fired, about="")
    assert [switch.scope for switch in switches.list_on(fired.runtime.engine)] == ["campaign:1"]


@pytest.mark.parametrize(("days", "heard"), [(29, 1), (31, 0)])
def test_s35_lately_is_while_it_was_sent_however_long_ago_it_began(
    fired: World, days: int, heard: int
) -> None:
    runtime = fired.runtime
    fired.send()
    with transaction(runtime.engine) as connection:
        ended = {"state": "finished", "finished_at": runtime.clock.now()}
        connection.execute(BROADCASTS.update().values(ended))
    runtime.clock.advance(timedelta(days=days))
    assert len(planning.heard_lately(runtime.engine, runtime.clock)) == heard


def test_s35_where_nothing_was_sent_there_is_nothing_to_stop(world: World) -> None:
    with pytest.raises(NotFound, match="No campaign was sent"):
        report(world, about="")
    with pytest.raises(NotFound):
        report(world, about="campaign:nothing")


@pytest.mark.parametrize("about", ["everything", "channel:sms", "corridor:KH-TH"])
def test_who_reports_harm_stops_a_campaign_or_answers_and_nothing_else(
    fired: World, about: str
) -> None:
    with pytest.raises(BadInput):
        report(fired, about)
    assert switches.list_on(fired.runtime.engine) == ()


def test_s18_a_report_keeps_no_number_and_says_something(fired: World) -> None:
    assert number(1) not in report(fired, words=f"it harmed {number(1)} badly").words
    with pytest.raises(BadInput):
        report(fired, words="  ")
