"""Where a clock runs out and nobody has looked, staff are alerted: once, in turn, neutrally."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import event

from outreach.delivery.stops import notices
from outreach.hotline import queries as store
from outreach.hotline.callback import missed_call
from outreach.hotline.calling import call_list, take
from outreach.hotline.duty import lane, queries
from outreach.hotline.duty.escalating import escalate
from outreach.hotline.inbox.queries import CONVERSATIONS
from outreach.hotline.rules.escalation import PAUSE, ROUNDS, STEP
from outreach.kernel.clock import FixedClock
from outreach.language.denylist import find
from outreach.language.parts import count
from outreach.staff import accounts, roster
from outreach.staff.rules.duty import HOME_ZONE, Shift
from outreach.store.engine import transaction
from tests.staff.people import join
from tests.world import World, number

ALWAYS = Shift(HOME_ZONE, None, "1234567", time(0), time(0))
PERSON, OTHER = number(11), number(12)
DARA, SOKHA, CHAN = number(101), number(102), number(103)


@pytest.fixture
def duty(world: World) -> World:
    """Dara (child-trained) and Sokha (Thai) are on duty; Chan leads and is at home."""
    employ(world, "dara", DARA, languages=["km"], child_trained=True)
    employ(world, "sokha", SOKHA, languages=["th"])
    employ(world, "chan", CHAN, role="hotline_supervisor", languages=["km"])
    for name in ("dara", "sokha"):
        roster.add(world.runtime.engine, world.runtime.clock, name, ALWAYS, by="chan")
    return world


def employ(world: World, name: str, phone: str, **kept: object) -> None:
    runtime = world.runtime
    join(runtime.engine, runtime.desk.vault, runtime.clock, name, phone=phone, **kept)


def alerted(world: World) -> list[str]:
    """The numbers of staff that were texted or rung, oldest first."""
    escalate(world.runtime.desk)
    world.send()
    staff = {DARA, SOKHA, CHAN}
    return [out.to for out in (*world.gateway.sms, *world.gateway.calls) if out.to in staff]


def plea(world: World, clock: FixedClock, who: str = PERSON, body: str = "ជួយខ្ញុំផង") -> None:
    """Somebody asks for help, and the clock of their conversation runs out."""
    world.text(who, body)
    world.send()  # what they get back is on time
    clock.advance(timedelta(minutes=5))


def test_whoever_fits_is_told_then_the_next_then_the_supervisor(
    duty: World, clock: FixedClock
) -> None:
    duty.text(PERSON, "ជួយខ្ញុំផង")
    assert alerted(duty) == []
    clock.advance(timedelta(minutes=5))
    for told in ([DARA], [DARA, SOKHA], [DARA, SOKHA, CHAN]):
        assert alerted(duty) == told
        assert alerted(duty) == told  # not again before its time
        clock.advance(STEP)


def test_s1_s2_an_alert_names_nothing_and_nobody(duty: World, clock: FixedClock) -> None:
    plea(duty, clock)
    alerted(duty)
    (text,) = duty.got(DARA)
    assert text == lane.text_in("km")
    for said in lane.TEXTS.values():
        assert not find(said)
        assert count(said).parts == 1
        assert not any(character.isdigit() for character in said)


def test_once_somebody_looked_nobody_else_is_told(duty: World, clock: FixedClock) -> None:
    plea(duty, clock)
    assert alerted(duty) == [DARA]
    with transaction(duty.runtime.engine) as connection:
        connection.execute(CONVERSATIONS.update().values(due_by=None, looked_at=clock.now()))
    clock.advance(STEP)
    assert alerted(duty) == [DARA]


def test_with_nobody_on_duty_the_supervisor_is_told_and_the_operator_too(
    world: World, clock: FixedClock
) -> None:
    employ(world, "dara", DARA)
    employ(world, "chan", CHAN, role="hotline_supervisor")
    plea(world, clock)
    assert alerted(world) == [CHAN]
    assert [notice.kind for notice in notices.listed(world.runtime.engine)] == ["nobody_on_duty"]


def test_with_no_number_of_anybody_the_operator_is_told(world: World, clock: FixedClock) -> None:
    plea(world, clock)
    assert alerted(world) == []
    assert [notice.kind for notice in notices.listed(world.runtime.engine)] == ["nobody_told"]


def test_what_is_open_is_gathered_in_one_message(duty: World, clock: FixedClock) -> None:
    for index in range(5, 15):
        duty.text(number(index), "ជួយខ្ញុំផង")
    clock.advance(timedelta(minutes=5))
    assert alerted(duty) == [DARA]
    duty.text(OTHER, "ជួយខ្ញុំផង")
    clock.advance(timedelta(minutes=2))  # nothing more to one phone for a while
    assert alerted(duty) == [DARA]


def test_a_flood_costs_each_phone_one_message_in_three_minutes(
    duty: World, clock: FixedClock
) -> None:
    for minute in range(12):
        duty.text(number(20 + minute), "ជួយខ្ញុំផង")
        clock.advance(timedelta(minutes=1))
        told = alerted(duty)
    assert max(told.count(phone) for phone in set(told)) <= 4


def test_s5_a_call_back_alerts_in_time_to_be_made(duty: World, clock: FixedClock) -> None:
    missed_call(duty.runtime.desk, PERSON, "CA1")
    assert alerted(duty) == []
    clock.advance(timedelta(minutes=1))
    assert alerted(duty) == [DARA]
    (waiting,) = call_list(duty.runtime.engine, clock, "dara").waiting
    take(duty.runtime.desk, waiting.id, "dara")
    clock.advance(timedelta(minutes=1))
    assert alerted(duty) == [DARA]


def test_s15_a_childs_call_back_alerts_child_trained_staff_alone(
    duty: World, clock: FixedClock
) -> None:
    missed_call(duty.runtime.desk, PERSON, "CA1")
    with transaction(duty.runtime.engine) as connection:
        connection.execute(CONVERSATIONS.update().values(child=True))
    clock.advance(timedelta(minutes=1))
    assert alerted(duty) == [DARA]
    for _ in range(4):  # first the call-back, then the conversation
        clock.advance(STEP)
        told = alerted(duty)
    assert set(told) == {DARA, CHAN}


def test_a_worker_who_wants_calls_is_rung_and_hears_nothing(
    world: World, clock: FixedClock
) -> None:
    employ(world, "dara", DARA, alert_by="voice")
    roster.add(world.runtime.engine, clock, "dara", ALWAYS, by="chan")
    plea(world, clock)
    alerted(world)
    assert [call.to for call in world.gateway.calls] == [DARA]
    assert world.got(DARA) == []


def test_an_alert_that_does_not_arrive_is_followed_by_the_next_at_once(
    duty: World, clock: FixedClock
) -> None:
    plea(duty, clock)
    alerted(duty)
    (attempt,) = duty.all(queries.ATTEMPTS)
    duty.report(attempt.public_id, "failed")
    assert alerted(duty) == [DARA, SOKHA]


def test_whoever_left_meanwhile_is_not_texted(duty: World, clock: FixedClock) -> None:
    plea(duty, clock)
    escalate(duty.runtime.desk)
    accounts.close(duty.runtime.engine, clock, "dara", by="chan")
    duty.send()
    assert duty.got(DARA) == []
    assert alerted(duty) == [SOKHA]


def die_before(world: World, statement: str) -> None:
    """Escalates, and the database breaks off as soon as `statement` begins."""

    def die(*given: object) -> None:
        if str(given[2]).startswith(statement):
            raise ConnectionError("killed")

    event.listen(world.runtime.engine, "before_cursor_execute", die)
    try:
        with pytest.raises(ConnectionError):
            escalate(world.runtime.desk)
    finally:
        event.remove(world.runtime.engine, "before_cursor_execute", die)


@pytest.mark.parametrize(
    "statement", ["INSERT INTO help_cursor", "INSERT INTO escalation", "INSERT INTO alert_delivery"]
)
def test_a_crash_between_writes_alerts_neither_twice_nor_never(
    duty: World, clock: FixedClock, statement: str
) -> None:
    plea(duty, clock)
    die_before(duty, statement)
    assert duty.all(queries.DELIVERIES) == []
    assert alerted(duty) == [DARA]
    assert alerted(duty) == [DARA]


def test_what_failed_and_nobody_saw_is_alerted_after_a_while(
    duty: World, clock: FixedClock
) -> None:
    with transaction(duty.runtime.engine) as connection:
        store.add_alert(connection, "answer_failed", "re_1", clock.now())
        store.add_alert(connection, "help", "in_1", clock.now())  # its conversation has a clock
    clock.advance(timedelta(minutes=9))
    assert alerted(duty) == []
    clock.advance(timedelta(minutes=1))
    assert alerted(duty) == [DARA]
    assert len(duty.all(queries.ESCALATIONS)) == 1


def test_in_the_end_it_is_left_to_the_page(duty: World, clock: FixedClock) -> None:
    plea(duty, clock)
    for _ in range(ROUNDS):
        for _ in range(4):
            alerted(duty)
            clock.advance(STEP)
        clock.advance(PAUSE)
    told = alerted(duty)
    assert {phone: told.count(phone) for phone in told} == dict.fromkeys(
        (DARA, SOKHA, CHAN), ROUNDS
    )
    (row,) = duty.all(queries.ESCALATIONS)
    assert row.next_at is None


def test_an_alert_overtakes_broadcasts(duty: World, clock: FixedClock) -> None:
    assert lane.NAME in duty.runtime.dispatcher()._urgent


def test_s18_alerts_hold_no_number(duty: World, clock: FixedClock) -> None:
    plea(duty, clock)
    alerted(duty)
    held = [
        str(tuple(row))
        for table in (queries.DELIVERIES, queries.ATTEMPTS, queries.ESCALATIONS)
        for row in duty.all(table)
    ]
    assert held
    assert not [row for row in held if DARA[-7:] in row or PERSON[-7:] in row]
