"""A text comes in: what is kept, what is answered, who is told (S2–S4, S14, S19, S30)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from outreach.gateways.ports import Inbound
from outreach.hotline import queries
from outreach.hotline.inbound import get_ready, receive
from outreach.kernel.clock import FixedClock
from outreach.people.counting import counts
from outreach.planning.audience.queries import DELIVERIES
from outreach.store.engine import transaction
from outreach.store.ledger import LEDGER
from tests.world import World, number

STRANGER = number(9_000_001)


def test_getting_ready_for_the_first_text_leaves_nothing(world: World) -> None:
    get_ready(world.runtime.desk)
    tables = (queries.INBOUND, queries.DELIVERIES, queries.CALL_BACKS, queries.ALERTS, LEDGER)
    assert [world.all(table) for table in tables] == [[]] * len(tables)
    assert counts(world.runtime.engine).opted_out == 0


def alerts(world: World) -> list[str]:
    return [row.kind for row in world.all(queries.ALERTS)]


def test_a_khmer_plea_is_answered_in_khmer_and_a_person_is_told(world: World) -> None:
    anna = world.enrol(1)
    heard = world.text(anna, "ជួយខ្ញុំផង")
    world.send()
    assert (heard.intent, heard.answered) == ("HELP", True)
    assert world.got(anna) == [world.runtime.desk.replies.text("JOB", "km")]
    assert alerts(world) == ["help"]


@pytest.mark.parametrize(
    ("body", "language"),
    [("ช่วยด้วย", "th"), ("giúp tôi với", "vi"), ("please help me", "en"), ("ជួយ", "km")],
)
def test_the_answer_is_in_the_language_of_the_text(world: World, body: str, language: str) -> None:
    world.text(STRANGER, body)
    world.send()
    assert world.got(STRANGER) == [world.runtime.desk.replies.text("JOB", language)]


def test_a_text_without_a_language_is_answered_in_the_one_that_the_person_set(
    world: World,
) -> None:
    anna = world.enrol(1, language="vi")
    world.text(anna, "1")
    world.send()
    assert world.got(anna) == [world.runtime.desk.replies.text("JOB", "vi")]


def test_s2_an_adversary_with_the_inbox_cant_tell_help_from_work(world: World) -> None:
    words = ("ជួយ", "ការងារ", "បំណុល", "ជម្រក", "ប៉ូលិស", "មេធាវី", "គេវាយខ្ញុំ")
    for index, word in enumerate(words):
        world.text(number(index + 1), word)
    world.send()
    assert {body.encode() for body in (sms.body for sms in world.gateway.sms)} == {
        world.runtime.desk.replies.text("JOB", "km").encode()
    }
    assert len(world.gateway.sms) == len(words)


@pytest.mark.parametrize("body", ["ជួយ", "STOP", "1", "asdf", "START", "#"])
def test_s3_known_and_unknown_numbers_get_the_same(world: World, body: str) -> None:
    anna = world.enrol(1)
    world.text(anna, body)
    world.text(STRANGER, body)
    world.send()
    assert world.got(anna) == world.got(STRANGER) != []


def test_s3_no_answer_echoes_what_the_person_wrote(world: World) -> None:
    world.text(STRANGER, "zebra-4711 ជួយ")
    world.send()
    assert "4711" not in world.got(STRANGER)[0]


def test_s4_exit_closes_silently(world: World) -> None:
    world.text(STRANGER, "exit")
    world.send()
    assert world.got(STRANGER) == []


def test_nonsense_gets_the_neutral_menu(world: World) -> None:
    world.text(STRANGER, "asdf ???")
    world.send()
    assert world.got(STRANGER) == [world.runtime.desk.replies.text("UNKNOWN", "km")]


@pytest.mark.parametrize("body", ["STOP", "ឈប់", "0", "០", "หยุด", "dừng", "stop please"])
def test_s14_stop_in_any_language_or_by_digit_takes_even_what_is_queued(
    world: World, body: str
) -> None:
    anna = world.enrol(1)
    ben = world.enrol(2)
    world.fire()
    world.text(anna, body)
    world.send()
    assert len(world.got(ben)) == 1
    assert len(world.got(anna)) == 1  # the one neutral line
    assert "ការងារ" not in world.got(anna)[0]
    state = world.one("SELECT reason FROM delivery WHERE state = 'suppressed'")
    assert state == "opted_out"


@pytest.mark.parametrize("body", ["ជួយ", "ការងារ", "hello", "9", "#", "5"])
def test_s14_no_other_text_undoes_stop(world: World, body: str) -> None:
    anna = world.enrol(1)
    world.text(anna, "STOP")
    world.text(anna, body)
    assert counts(world.runtime.engine).opted_out == 1
    world.fire()
    world.send()
    assert not [body for body in world.got(anna) if "បរទេស" in body]


def test_s14_start_undoes_stop(world: World) -> None:
    anna = world.enrol(1)
    world.text(anna, "STOP")
    world.text(anna, "START")
    assert counts(world.runtime.engine).opted_out == 0
    world.fire()
    world.send()
    assert any("បរទេស" in body for body in world.got(anna))


def test_s12a_help_after_stop_is_answered_and_revives_nothing(world: World) -> None:
    anna = world.enrol(1)
    world.text(anna, "STOP")
    world.text(anna, "ជួយ")
    world.send()
    assert world.got(anna)[-1] == world.runtime.desk.replies.text("JOB", "km")
    assert counts(world.runtime.engine).registered == 0


def test_a_text_that_begins_with_stop_and_asks_for_help_is_both(world: World) -> None:
    anna = world.enrol(1)
    heard = world.text(anna, "ឈប់ ជួយខ្ញុំ")
    assert heard.intent == "HELP"
    assert alerts(world) == ["help"]
    assert counts(world.runtime.engine).opted_out == 1


def test_a_language_that_a_person_chooses_is_kept(world: World) -> None:
    anna = world.enrol(1)
    world.text(anna, "VI")
    world.text(anna, "1")
    world.send()
    assert world.got(anna)[-1] == world.runtime.desk.replies.text("JOB", "vi")


def test_a_text_that_comes_twice_counts_once(world: World) -> None:
    world.text(STRANGER, "ជួយ", sid="SMsame")
    again = world.text(STRANGER, "ជួយ", sid="SMsame")
    world.send()
    assert (again.new, len(world.got(STRANGER))) == (False, 1)


def test_s9_an_answer_that_is_too_late_is_dropped_and_a_person_is_told(
    world: World, clock: FixedClock
) -> None:
    world.text(STRANGER, "1")
    clock.advance(timedelta(minutes=6))
    world.send()
    assert world.got(STRANGER) == []
    assert alerts(world) == ["answer_dropped"]


def test_s12a_answers_go_out_at_night_and_past_a_full_cap(world: World, clock: FixedClock) -> None:
    anna = world.enrol(1)
    clock.advance(timedelta(hours=14))  # 23:00 in Phnom Penh
    world.text(anna, "ជួយ")
    world.send()
    assert len(world.got(anna)) == 1


def test_the_digit_nine_puts_the_person_on_the_call_back_list_once(world: World) -> None:
    anna = world.enrol(1)
    world.text(anna, "9")
    world.text(anna, "៩")
    (call,) = world.all(queries.CALL_BACKS)
    assert (call.source, call.due_by - call.asked_at) == ("sms", timedelta(minutes=3))


def test_s19_the_help_store_is_sealed_with_its_own_keys_and_knows_no_contact(
    world: World,
) -> None:
    anna = world.enrol(1)
    world.text(anna, "ជួយ zebra")
    (row,) = world.all(queries.INBOUND)
    desk = world.runtime.desk
    assert desk.help_vault.unseal(row.body_sealed) == "ជួយ zebra"
    assert row.number_key != desk.vault.lookup(anna)
    for table in (queries.INBOUND, queries.DELIVERIES, queries.CALL_BACKS, queries.ALERTS):
        assert "contact_id" not in table.c
        assert anna[5:] not in repr(world.all(table))
        assert "zebra" not in repr(world.all(table))


def test_s19_help_facts_carry_no_contact(world: World) -> None:
    anna = world.enrol(1)
    world.text(anna, "ជួយ")
    world.text(anna, "9")
    facts = [row for row in world.all(LEDGER) if row.kind.startswith("help.")]
    assert facts
    assert {(fact.contact_id, fact.province) for fact in facts} == {(None, "not_asked")}


def test_a_robot_that_answers_every_answer_is_left_alone(world: World) -> None:
    for _ in range(9):
        world.text(STRANGER, "asdf")
        world.send()
    assert len(world.got(STRANGER)) == 5
    assert "loop" in alerts(world)


def test_s14_two_who_stop_at_once_and_a_sender_never_wait_for_each_other(world: World) -> None:
    for index in (2, 1):  # the one who is taken in first has the later delivery
        world.enrol(index)
    world.fire()
    desk, (first, second) = world.runtime.desk, [row.id for row in world.all(DELIVERIES)]
    stops = [Inbound(f"SM{index}", number(index), "+855380000001", "STOP") for index in (1, 2)]

    def hold(connection: Connection, delivery: int) -> None:
        query = select(DELIVERIES.c.id).where(DELIVERIES.c.id == delivery)
        connection.execute(query.with_for_update())

    with ThreadPoolExecutor(1) as other:
        with transaction(desk.engine) as connection:
            hold(connection, first)
            stopping = other.submit(receive, desk, stops)
            with pytest.raises(TimeoutError):
                stopping.result(timeout=0.5)
            hold(connection, second)
        assert [heard.intent for heard in stopping.result(timeout=20)] == ["STOP", "STOP"]
    assert [row.state for row in world.all(DELIVERIES)] == ["suppressed", "suppressed"]
