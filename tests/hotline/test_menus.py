"""Menus with memory, and the three questions, through the whole hotline."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.hotline import landmarks, queries
from outreach.hotline.menu import queries as menu
from outreach.kernel.clock import FixedClock
from outreach.store.engine import reading, transaction
from tests.world import World, number

STRANGER = number(9_000_001)
DAYS = timedelta(days=3)


def reply(world: World, topic: str, language: str) -> str:
    return world.runtime.desk.replies.text(topic, language)


def question(world: World, step: str, place: str, language: str) -> str:
    return world.runtime.desk.replies.landmarks.text(step, place, language)


def say(world: World, who: str, *bodies: str) -> list[str]:
    for body in bodies:
        world.text(who, body)
        world.send()
    return world.got(who)


def test_a_language_chosen_by_digit_holds_days_later(world: World, clock: FixedClock) -> None:
    assert say(world, STRANGER, "#") == [reply(world, "LANG", "km")]
    clock.advance(DAYS)
    assert say(world, STRANGER, "3")[-1] == reply(world, "UNKNOWN", "th")
    clock.advance(DAYS)
    assert say(world, STRANGER, "1")[-1] == reply(world, "JOB", "th")


def test_s3_a_registered_number_gets_the_same_and_keeps_the_language(world: World) -> None:
    anna = world.enrol(1)
    assert say(world, anna, "#", "2", "1") == say(world, STRANGER, "#", "2", "1")
    assert world.one("SELECT language FROM contact") == "en"


def test_a_digit_after_a_text_is_answered_in_the_language_of_that_text(world: World) -> None:
    assert say(world, STRANGER, "ไม่รู้", "2")[-1] == reply(world, "PASSPORT", "th")


def test_a_question_of_eight_days_ago_is_forgotten(world: World, clock: FixedClock) -> None:
    say(world, STRANGER, "8")
    clock.advance(timedelta(days=8))
    assert say(world, STRANGER, "2")[-1] == reply(world, "PASSPORT", "km")


def test_where_somebody_is_is_asked_in_three_questions_and_shown_to_workers(world: World) -> None:
    said = say(world, STRANGER, "8", "1", "6", "2")
    assert said == [
        question(world, "place", "", "km"),
        question(world, "landmark", "th", "km"),
        question(world, "sector", "", "km"),
        reply(world, "JOB", "km"),
    ]
    desk = world.runtime.desk
    with reading(desk.engine) as connection:
        found = landmarks.of(connection, desk, desk.help_vault.lookups(STRANGER))
        nobody = landmarks.of(connection, desk, desk.help_vault.lookups(number(1)))
    assert nobody is None
    assert found is not None
    chosen = [labels["en"] for labels in (found.place, found.landmark, found.sector) if labels]
    assert chosen == ["Thailand", "pier", "fishing"]
    assert found.country == "TH"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here depends on it
@pytest.mark.parametrize("before", [("#",), ("8",), ("8", "1"), ("8", "1", "1")])
def test_s2_inside_every_menu_the_answer_to_help_is_the_answer_to_work(
    world: World, before: tuple[str, ...]
) -> None:
    words = ("ការងារ", "ជួយ", "គេវាយខ្ញុំ", "បំណុល", "ជម្រក", "ប៉ូលិស", "មេធាវី")
    for index, word in enumerate(words):
        for body in (*before, word):
            world.text(number(index), body)
    world.send()
    inboxes = {tuple(body.encode() for body in world.got(number(i))) for i in range(len(words))}
    assert len(inboxes) == 1


def test_s14_zero_stops_inside_every_menu(world: World) -> None:
    for index, before in enumerate([("#",), ("8",), ("8", "4"), ("8", "4", "1")]):
        who = number(index + 1)
        assert say(world, who, *before, "0")[-1] == reply(world, "STOP", "km")
    assert world.one("SELECT count(*) FROM opt_out") == 4


def test_s4_exit_is_silent_inside_a_menu_and_forgets_the_question(world: World) -> None:
    assert len(say(world, STRANGER, "8", "exit")) == 1
    assert say(world, STRANGER, "2")[-1] == reply(world, "PASSPORT", "km")


def test_s5_nine_inside_a_menu_asks_for_the_call_and_no_other_digit_does(world: World) -> None:
    say(world, STRANGER, "8", "1", "1", "1")
    assert world.all(queries.CALL_BACKS) == []
    say(world, number(2), "8", "9")
    assert len(world.all(queries.CALL_BACKS)) == 1


def test_s19_what_was_answered_lies_sealed_and_knows_no_contact(world: World) -> None:
    anna = world.enrol(1)
    say(world, anna, "8", "1", "6", "2")
    (row,) = world.all(menu.MENU)
    assert "contact_id" not in menu.MENU.c
    shown = repr(row)
    assert anna[5:] not in shown
    assert not [word for word in ("fishing", "th-pier") if word in shown]
    assert row.number_key != world.runtime.desk.vault.lookup(anna)


def test_what_a_text_meant_after_the_question_is_kept_with_it(world: World) -> None:
    say(world, STRANGER, "#", "2", "8", "6", "1", "4")
    intents = [row.intent for row in world.all(queries.INBOUND)]
    assert intents == ["LANG", "LANG", "INFO", "INFO", "INFO", "JOB"]


def test_texts_of_one_batch_are_answered_one_after_the_other(world: World) -> None:
    from outreach.gateways.ports import Inbound
    from outreach.hotline.inbound import receive

    bodies = ["8", "1", "6", "2", "8"]
    texts = [Inbound(f"SM{n}", STRANGER, "+855380000001", body) for n, body in enumerate(bodies)]
    twice = [*texts, texts[0], Inbound("SMx", number(2), "+855380000001", "ជួយ")]
    heard = receive(world.runtime.desk, twice)
    world.send()
    assert [item.new for item in heard] == [True] * 5 + [False, True]
    assert world.got(STRANGER)[3] == reply(world, "JOB", "km")
    assert len(world.got(STRANGER)) == 5


def test_a_worker_may_have_somebody_asked_where_they_are(world: World) -> None:
    desk = world.runtime.desk
    with transaction(desk.engine) as connection:
        asked = landmarks.ask(connection, desk, STRANGER, "vi", desk.clock.now())
    assert asked == question(world, "place", "", "vi")
    assert say(world, STRANGER, "3")[-1] == question(world, "landmark", "vn", "vi")


def test_s23_s20_a_number_is_forgotten_alone_and_with_time(world: World, clock: FixedClock) -> None:
    desk = world.runtime.desk
    say(world, number(1), "8")
    say(world, number(2), "8")
    with transaction(desk.engine) as connection:
        menu.forget(connection, desk.help_vault.lookups(number(1)))
    assert len(world.all(menu.MENU)) == 1
    clock.advance(timedelta(days=31))
    with transaction(desk.engine) as connection:
        assert menu.forget_before(connection, clock.now() - timedelta(days=30), 500) == 1
    assert world.all(menu.MENU) == []


def test_a_number_under_an_older_key_is_remembered_and_moves_to_the_current_one(
    world: World,
) -> None:
    from outreach.kernel.sealing import new_key, parse_keys

    say(world, STRANGER, "8")
    old = world.runtime.settings.help_keys.get_secret_value()
    newer = parse_keys(f"{new_key('lookup')},{new_key('seal')},{old}", "test")
    desk = replace(world.runtime.desk, help_vault=newer)
    from outreach.gateways.ports import Inbound
    from outreach.hotline.inbound import receive

    receive(desk, [Inbound("SMnew", STRANGER, "+855380000001", "1")])
    (row,) = world.all(menu.MENU)
    assert (row.step, row.number_key) == ("landmark", newer.lookup(STRANGER))
