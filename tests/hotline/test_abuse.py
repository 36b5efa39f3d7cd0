"""What somebody may try against the hotline: floods, odd bodies, listing numbers, two inboxes."""

from __future__ import annotations

import pytest

from outreach.gateways.ports import Inbound
from outreach.hotline import queries
from outreach.hotline.inbound import receive
from outreach.people.counting import counts
from tests.world import World, number

OURS = "+855380000001"
STRANGER = number(9_000_001)
ZALGO = "ជ\u0336\u0335ួ\u0334យ\u0336" + "\u0301" * 300
ODD = {
    "very long": "ការងារ " * 400,
    "long plea": "x" * 1500 + " ជួយខ្ញុំផង",
    "nothing": "",
    "spaces": " \t\r\n\u200b\u2060",
    "NUL": "\x00\x00help\x00",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85",
    "binary": bytes(range(256)).decode("latin-1"),
    "broken UTF-8": bytes(range(128, 256)).decode("utf-8", errors="replace"),
    "right to left": "\u202e\u2067pleh \u0633\u0627\u0639\u062f\u0646\u064a\u2069\u202c",
    "zalgo": ZALGO,
    "SQL": "'; DROP TABLE help_inbound; --",
    "markup": "<script>alert(1)</script>{{7*7}}${7*7}%s%n",
    "header": "help\r\nBcc: x\r\n\r\n<?xml?><Response><Dial/></Response>",
    "spreadsheet": "=cmd|' /C calc'!A0",
    "emoji": "🆘" * 200,
    "not characters": "\ufffe\uffff\U0010ffff",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_any_body_is_kept_as_it_came_and_answered_without_an_echo(world: World, body: str) -> None:
    heard = world.text(STRANGER, body)
    world.send()
    (row,) = world.all(queries.INBOUND)
    assert world.runtime.desk.help_vault.unseal(row.body_sealed) == body
    topic = "JOB" if heard.intent in ("JOB", "HELP") else heard.intent
    assert world.got(STRANGER)[0] in {
        world.runtime.desk.replies.text(topic, language) for language in ("km", "en", "th", "vi")
    }


@pytest.mark.parametrize("name", ["long plea", "NUL", "zalgo", "header"])
def test_a_plea_is_found_in_an_odd_body(world: World, name: str) -> None:
    assert world.text(STRANGER, ODD[name]).intent == "HELP"


def flood(world: World, texts: int, *, senders: int = 3, body: str = "asdf") -> None:
    batch = [Inbound(f"SMf{n}", number(n % senders), OURS, body) for n in range(texts)]
    receive(world.runtime.desk, batch)


def test_a_flood_is_answered_a_few_times_and_told_to_staff_once_for_each_number(
    world: World,
) -> None:
    flood(world, 600)
    assert len(world.all(queries.INBOUND)) == 600
    assert len(world.all(queries.DELIVERIES)) == 3 * 5
    assert [row.kind for row in world.all(queries.ALERTS)] == ["loop"] * 3


def test_s30_a_flood_keeps_nobody_else_from_an_answer_and_a_person(world: World) -> None:
    flood(world, 200)
    world.text(STRANGER, "ជួយ")
    world.send()
    assert len(world.got(STRANGER)) == 1
    assert "help" in [row.kind for row in world.all(queries.ALERTS)]


@pytest.mark.parametrize("body", ["asdf", "2", "hello"])
def test_s12a_no_limit_blocks_help_from_the_number_that_sent_the_flood(
    world: World, body: str
) -> None:
    flood(world, 100, senders=1, body=body)
    world.text(number(0), "ជួយខ្ញុំផង")
    world.send()
    assert world.got(number(0))[-1] == world.runtime.desk.replies.text("JOB", "km")
    assert "help" in [row.kind for row in world.all(queries.ALERTS)]


def test_a_flood_of_pleas_is_one_conversation_and_few_alerts(world: World) -> None:
    flood(world, 300, senders=1, body="ជួយ")
    assert world.one("SELECT count(*) FROM help_conversation") == 1
    assert len(world.all(queries.DELIVERIES)) == 20
    assert len(world.all(queries.ALERTS)) == 21  # each answered one, then once that it is silent


def test_s14_stop_is_done_in_the_middle_of_a_flood(world: World) -> None:
    anna = world.enrol(0)
    flood(world, 100, senders=1)
    world.text(anna, "0")
    assert counts(world.runtime.engine).opted_out == 1


def test_s3_listing_numbers_learns_nothing(world: World) -> None:
    world.enrol(1)
    world.enrol(2, consent="invited")
    world.text(number(3), "STOP")
    world.send()
    answers = set()
    for who in (number(1), number(2), number(3), number(4)):
        before = len(world.got(who))
        for body in ("ជួយ", "2", "asdf", "8", "1", "#"):
            world.text(who, body)
        world.send()
        answers.add(tuple(world.got(who)[before:]))
    assert len(answers) == 1


def test_s2_a_reader_of_two_inboxes_cant_tell_who_asked_for_help(world: World) -> None:
    plea, work = number(1), number(2)
    for _ in range(25):
        world.text(plea, "គេវាយខ្ញុំ ជួយផង")
        world.text(work, "ការងារ")
    world.send()
    assert world.got(plea) == world.got(work)


def test_a_text_that_the_gateway_repeats_counts_once_even_within_a_batch(world: World) -> None:
    same = Inbound("SMsame", STRANGER, OURS, "9")
    heard = receive(world.runtime.desk, [same, same, same])
    again = receive(world.runtime.desk, [same])
    assert [item.new for item in (*heard, *again)] == [True, False, False, False]
    assert len(world.all(queries.DELIVERIES)) == len(world.all(queries.CALL_BACKS)) == 1
