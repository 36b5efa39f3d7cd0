"""S35: while automatic answers are stopped a person answers, and nothing goes by itself."""

from __future__ import annotations

from outreach.delivery import switches
from outreach.delivery.claiming import claim, submit
from outreach.delivery.stops import harm
from outreach.hotline import queries
from outreach.hotline.inbox import acting, listing
from outreach.hotline.inbox.replying import Choice, draft, reply
from outreach.hotline.inbox.worker import Worker
from outreach.planning import harm as planning
from outreach.store.engine import reading
from tests.hotline.test_catching_up import alerts
from tests.world import World, number

ANNA, DARA = number(1), Worker("dara")


def report(world: World) -> harm.Report:
    runtime = world.runtime
    planning.report(runtime.engine, runtime.clock, "answers", words="it was read", by="dara")
    (found,) = harm.listed(runtime.engine)
    return found


def test_s35_what_would_be_answered_by_itself_is_left_to_a_person_at_once(world: World) -> None:
    report(world)
    world.text(ANNA, "ការងារ")
    world.send()
    assert world.got(ANNA) == []
    assert alerts(world) == ["answer_dropped"]
    assert [(row.state, row.reason) for row in world.all(queries.DELIVERIES)] == [
        ("suppressed", "paused")
    ]


def test_s35_what_a_worker_writes_goes(world: World) -> None:
    report(world)
    world.text(ANNA, "ជួយ")
    desk = world.runtime.desk
    (row,) = listing.inbox(desk.engine, DARA.name, listing.ALL).shown
    acting.take(desk, row.id, DARA)
    words = Choice(body="ហៅវិញនៅម៉ោង ៦")
    reply(desk, row.id, DARA, words, draft(desk, row.id, DARA, words).text)
    world.send()
    assert world.got(ANNA) == ["ហៅវិញនៅម៉ោង ៦"]


def test_s35_an_answer_that_is_recorded_is_recalled(world: World) -> None:
    world.text(ANNA, "ការងារ")
    runtime = world.runtime
    lane = next(lane for lane in runtime.lanes if lane.name == "answers")
    now = runtime.clock.now()
    ids = claim(runtime.engine, lane, "sms", now, 10)
    assert len(submit(runtime.engine, lane, ids, "sender", now)) == 1
    with reading(runtime.engine) as connection:
        assert lane.recalled(connection, ids) == ()
    report(world)
    with reading(runtime.engine) as connection:
        assert [item.delivery_id for item in lane.recalled(connection, ids)] == ids


def test_s35_they_go_again_after_two_people_looked(world: World) -> None:
    found, runtime = report(world), world.runtime
    for by in ("sokha", "maly"):
        harm.look(runtime.engine, runtime.clock, found.id, words="read it", by=by)
    switches.go_on(runtime.engine, runtime.clock, "answers", reason="reworded", by="maly")
    world.text(ANNA, "ការងារ")
    world.send()
    assert len(world.got(ANNA)) == 1
