"""A schedule fires, a chunk at a time; who may not be sent to is not, and it says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.content.doors import Door
from outreach.content.shipped import prices_of
from outreach.delivery import switches
from outreach.delivery.tables import Attempt, Delivery
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, NotFound
from outreach.planning import broadcasts, campaigns, steering
from outreach.planning.cost import estimate
from outreach.planning.lane import broadcast_lane
from outreach.planning.overview import overview
from outreach.planning.sending.check import Road
from outreach.store.ledger import LEDGER
from tests.world import SLUG, World, number

DELIVERIES, ATTEMPTS = Delivery.__table__, Attempt.__table__


def outcome(world: World) -> list[tuple[str, str, str]]:
    return sorted((row.state, row.reason, row.channel) for row in world.all(DELIVERIES))


def by_another_road(world: World, road: Road) -> None:
    runtime = world.runtime
    lane = broadcast_lane(runtime.desk.vault, road, prices=prices_of(runtime.settings))
    world.runtime = replace(runtime, lanes=(runtime.lanes[0], lane))


def test_everybody_who_consented_gets_it_once(world: World) -> None:
    people = [world.enrol(index) for index in range(7)]
    world.fire()
    world.send()
    assert sorted(sms.to for sms in world.gateway.sms) == people


def test_a_planner_that_dies_goes_on_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(7):
        world.enrol(index)
    monkeypatch.setattr(broadcasts, "CHUNK", 3)
    plan = World.plan
    monkeypatch.setattr(World, "plan", lambda _self: None)
    world.fire()
    assert broadcasts.plan(world.runtime.engine, world.runtime.clock) == 3
    monkeypatch.setattr(World, "plan", plan)
    world.plan()
    world.plan()
    assert len(world.all(DELIVERIES)) == 7


def test_a_schedule_fires_once_however_often_it_is_looked_at(world: World) -> None:
    world.enrol(1)
    world.fire()
    assert broadcasts.fire_due(world.runtime.engine, world.runtime.clock) == 0


@pytest.mark.parametrize("consent", ["listed", "invited", "declined"])
def test_s13_without_consent_nothing_is_sent_and_the_reason_is_a_fact(
    world: World, consent: str
) -> None:
    world.enrol(1, consent=consent)
    world.fire()
    world.send()
    assert outcome(world) == [("suppressed", "no_consent", "sms")]
    facts = [row for row in world.all(LEDGER) if row.kind == "delivery.suppressed"]
    assert [(fact.detail, fact.province) for fact in facts] == [("no_consent", "01")]
    assert world.gateway.sms == []


@pytest.mark.parametrize(
    ("who", "channel"),
    [
        ({"reads": "yes", "shows_khmer": "yes"}, "sms"),
        ({"reads": "no", "shows_khmer": "yes"}, "voice"),
        ({"reads": "yes", "shows_khmer": "not_asked"}, "voice"),
        ({"reads": "not_asked", "shows_khmer": "yes"}, "sms"),
        ({"language": "en", "shows_khmer": "no"}, "sms"),
        ({"reads": "no", "channel": "sms"}, "sms"),
        ({"reads": "yes", "channel": "voice"}, "voice"),
    ],
)
def test_khmer_script_goes_only_to_phones_known_to_show_it_else_voice(
    world: World, who: dict[str, str], channel: str
) -> None:
    world.enrol(1, **who)
    world.fire()
    assert [row.channel for row in world.all(DELIVERIES)] == [channel]


def test_each_person_gets_their_language_and_khmer_where_there_is_none(world: World) -> None:
    english, thai = world.enrol(1, language="en"), world.enrol(2, language="th")
    world.fire()
    world.send()
    assert "Work abroad" in world.got(english)[0]
    assert "ការងារ" in world.got(thai)[0]


def test_s36_nothing_is_sent_in_quiet_hours_and_it_waits_for_the_morning(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    clock.advance(timedelta(hours=12))  # 21:00 in Phnom Penh
    world.fire()
    world.send()
    assert (world.gateway.sms, outcome(world)[0][:2]) == ([], ("pending", "quiet_hours"))
    clock.advance(timedelta(hours=11))
    world.send()
    assert len(world.gateway.sms) == 1


def test_s36_the_third_broadcast_in_a_week_does_not_go_out(world: World, clock: FixedClock) -> None:
    world.enrol(1)
    for _ in range(3):
        world.fire()
        world.send()
        clock.advance(timedelta(days=1))
    assert len(world.gateway.sms) == 2
    assert ("suppressed", "cap", "sms") in outcome(world)
    clock.advance(timedelta(days=7))
    world.fire()
    world.send()
    assert len(world.gateway.sms) == 3


def test_s1_a_text_that_became_forbidden_is_stopped_at_the_moment_of_sending(
    world: World,
) -> None:
    from outreach.content.queries import WORDINGS
    from outreach.store.engine import transaction

    world.enrol(1)
    world.fire()
    with transaction(world.runtime.engine) as connection:
        connection.execute(WORDINGS.update().values(body="Call the police."))
    world.send()
    assert (world.gateway.sms, outcome(world)) == ([], [("suppressed", "deny_list", "sms")])


def test_s31_what_nobody_approved_does_not_go_to_a_live_gateway(world: World) -> None:
    world.enrol(1)
    world.enrol(2, reads="no")
    world.fire()
    by_another_road(world, Road(loopback=False))
    world.send()
    assert world.gateway.sms == []
    assert {row[1] for row in outcome(world)} == {"not_approved"}


def test_s14_a_text_loaded_under_a_number_does_not_leave_from_a_name_that_nobody_can_answer(
    world: World,
) -> None:
    world.enrol(1)
    world.enrol(2, reads="no")  # a call is answered by its keys, and waits for the evening
    world.fire()
    by_another_road(world, Road(loopback=True, one_way=True))
    world.send()
    assert outcome(world) == [
        ("pending", "quiet_hours", "voice"),
        ("suppressed", "no_way_back", "sms"),
    ]
    assert world.gateway.sms == []


def test_a_text_that_tells_a_door_leaves_from_a_name(world: World) -> None:
    door = Door("us", number(9), tested=True, burned=False)
    world.enrol(1)
    world.fire(texts={"km": "ទូរស័ព្ទ {us}", "en": "Ring {us}"}, doors={"us": door})
    by_another_road(world, Road(loopback=True, one_way=True))
    world.send()
    assert world.got(number(1)) == [f"ទូរស័ព្ទ {number(9)}"]


def test_no_time_is_set_for_texts_from_a_name_that_nobody_can_answer(world: World) -> None:
    world.bring_in()
    runtime, when = world.runtime, {"kind": "cron", "rule": "0 18 * * mon", "zone": "UTC"}
    with pytest.raises(BadInput, match="nobody can answer these texts: en, km"):
        campaigns.set_schedule(runtime.engine, runtime.clock, SLUG, one_way=True, **when)
    campaigns.set_schedule(runtime.engine, runtime.clock, SLUG, **when)


@pytest.mark.parametrize("scope", ["everything", "channel:sms", "campaign:1"])
def test_s32_a_kill_switch_stops_at_once_and_what_waited_goes_once_when_it_is_off(
    world: World, scope: str
) -> None:
    runtime = world.runtime
    world.enrol(1)
    world.fire()
    switches.stop(runtime.engine, runtime.clock, scope, reason="test", by="tests")
    world.send()
    assert world.gateway.sms == []
    switches.go_on(runtime.engine, runtime.clock, scope, reason="test", by="tests")
    world.send()
    assert len(world.gateway.sms) == 1


def test_what_is_too_late_expires_and_is_not_sent(world: World, clock: FixedClock) -> None:
    world.enrol(1)
    world.fire()
    clock.advance(timedelta(hours=49))
    world.send()
    assert (world.gateway.sms, outcome(world)[0][0]) == ([], "expired")


def test_a_broadcast_is_finished_when_nothing_of_it_is_open(world: World) -> None:
    world.enrol(1)
    world.fire()
    engine, clock = world.runtime.engine, world.runtime.clock
    assert broadcasts.finish(engine, clock) == 0
    world.send()
    world.report(world.all(ATTEMPTS)[0].public_id, "delivered")
    assert broadcasts.finish(engine, clock) == 1
    ((card,),) = (overview(engine)[0].broadcasts,)
    assert (card.state, card.total, card.settled) == ("finished", 1, 1)


def test_parts_and_cost_are_known_before_anything_is_sent(world: World) -> None:
    world.enrol(1)
    world.enrol(2, language="en")
    world.enrol(3, reads="no")
    world.enrol(4, consent="listed")
    world.fire()
    runtime = world.runtime
    found = estimate(runtime.engine, runtime.clock, SLUG, prices_of(runtime.settings))
    assert (found.sms, found.parts, found.calls, found.suppressed) == (2, 3, 1, 1)
    assert f"{found.cost:.3f}" == "0.165"


def test_a_failed_sms_is_tried_at_another_hour_and_at_last_by_voice(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    world.fire()
    for _ in range(2):
        world.send()
        world.report(world.all(ATTEMPTS)[-1].public_id, "failed", error_code="30003")
        clock.advance(timedelta(hours=9))
    assert [row.channel for row in world.all(ATTEMPTS)] == ["sms", "sms"]
    assert world.all(DELIVERIES)[0].channel == "voice"


def test_a_campaign_that_is_not_loaded_is_not_scheduled(world: World) -> None:
    runtime = world.runtime
    with pytest.raises(NotFound):
        campaigns.set_schedule(
            runtime.engine,
            runtime.clock,
            "nowhere",
            kind="once",
            rule="2027-01-01T18:00",
            zone="Asia/Phnom_Penh",
        )
    with pytest.raises(BadInput, match="no firing left"):
        campaigns.set_schedule(
            runtime.engine,
            runtime.clock,
            "nowhere",
            kind="once",
            rule="2020-01-01T18:00",
            zone="Asia/Phnom_Penh",
        )


def test_a_broadcast_shows_as_paused_while_its_campaign_is_stopped(world: World) -> None:
    runtime = world.runtime
    world.enrol(1)
    world.fire()
    steering.pause(runtime.engine, runtime.clock, SLUG, reason="test", by="tests")
    assert overview(runtime.engine)[0].broadcasts[0].state == "paused"
    steering.resume(runtime.engine, runtime.clock, SLUG, reason="test", by="tests")
    assert overview(runtime.engine)[0].broadcasts[0].state == "running"
