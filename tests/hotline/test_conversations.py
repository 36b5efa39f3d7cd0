"""What comes in becomes a conversation: one per person, with a clock, in the sealed store (S19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.gateways.ports import Inbound
from outreach.hotline.callback import missed_call
from outreach.hotline.inbound import receive
from outreach.hotline.inbox import queries
from outreach.hotline.rules.conversation import MOVES, OPEN, Act, Stage, after, may
from outreach.hotline.rules.urgency import LOOK_WITHIN, Urgency, leaves, urgency
from outreach.hotline.sealed import HELP_STORE
from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import new_key, new_keys, parse_keys
from outreach.store.engine import transaction
from outreach.store.rotation import left, rotate
from tests.world import World, number

ANNA = number(1)


def conversations(world: World) -> Any:
    return world.all(queries.CONVERSATIONS)


def put(world: World, **values: Any) -> None:
    with transaction(world.runtime.engine) as connection:
        connection.execute(queries.CONVERSATIONS.update().values(values))


def clock_of(world: World) -> timedelta:
    (row,) = conversations(world)
    found: datetime = row.due_by
    return found - world.runtime.clock.now()


@pytest.mark.parametrize(
    ("body", "hurry"),
    [
        ("ជួយខ្ញុំផង", Urgency.URGENT),
        ("he will beat me", Urgency.URGENT),
        ("9", Urgency.URGENT),
        ("ប៉ូលិស", Urgency.SOON),
        ("asdf qwer", Urgency.SOON),
        ("1", Urgency.NORMAL),
    ],
)
def test_s30_a_text_gets_a_clock_by_its_urgency(world: World, body: str, hurry: Urgency) -> None:
    world.text(ANNA, body)
    (row,) = conversations(world)
    assert (row.state, row.urgency, row.assigned_to) == ("new", hurry, "")
    within = timedelta(minutes=3) if body == "9" else LOOK_WITHIN[hurry]  # S5 is shorter still
    assert clock_of(world) == within


@pytest.mark.parametrize("body", ["STOP", "START", "EXIT", "#"])
def test_a_word_about_consent_or_the_menu_waits_for_nobody(world: World, body: str) -> None:
    world.text(ANNA, body)
    assert conversations(world) == []


def test_a_person_has_one_conversation_and_the_hurry_only_grows(
    world: World, clock: FixedClock
) -> None:
    world.text(ANNA, "1")
    clock.advance(timedelta(minutes=1))
    world.text(ANNA, "ជួយខ្ញុំផង")
    clock.advance(timedelta(minutes=1))
    world.text(ANNA, "1")
    (row,) = conversations(world)
    assert row.urgency == Urgency.URGENT
    assert row.due_by == clock.now() + timedelta(minutes=4)
    assert row.last_text_at == row.last_in_at == clock.now()


def test_a_missed_call_opens_one_that_waits_three_minutes(world: World) -> None:
    missed_call(world.runtime.desk, ANNA, "CA1")
    (row,) = conversations(world)
    assert (row.state, row.urgency) == ("new", Urgency.URGENT)
    assert clock_of(world) == timedelta(minutes=3)
    assert row.last_text_at is None  # S4: who rang is called, not texted


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("act", [Act.TEXT, Act.CALL])
def test_what_comes_in_moves_a_conversation_as_the_table_says(
    world: World, stage: Stage, act: Act
) -> None:
    world.text(ANNA, "ជួយខ្ញុំផង")
    put(world, state=stage, assigned_to="dara", due_by=None, outcome="answered")
    if act is Act.TEXT:
        world.text(ANNA, "1")
    else:
        missed_call(world.runtime.desk, ANNA, "CA1")
    (row,) = conversations(world)
    assert row.state == after(stage, act)
    assert row.due_by is not None
    if stage is Stage.CLOSED:
        assert (row.assigned_to, row.outcome) == ("", "")
        assert row.urgency == (Urgency.NORMAL if act is Act.TEXT else Urgency.URGENT)
    else:
        assert row.assigned_to == "dara"


TOGETHER = ("ជួយខ្ញុំផង", "1", "asdf qwer", "ខ្ញុំអាយុ 15 ឆ្នាំ", "giup toi voi")


@pytest.mark.parametrize("stage", [None, *Stage])
@pytest.mark.parametrize("order", [1, -1])
def test_texts_that_come_together_move_a_conversation_as_one_after_another_would(
    world: World, clock: FixedClock, stage: Stage | None, order: int
) -> None:
    """Among them one that is from long ago; the second number's come one by one."""
    came = {"1": clock.now() - timedelta(minutes=2), "asdf qwer": clock.now() - timedelta(days=1)}
    if stage is not None:
        for who in (1, 2):
            world.text(number(who), "1")
        put(world, state=stage, assigned_to="dara", due_by=None, outcome="answered")
    clock.advance(timedelta(minutes=1))
    batches = [
        [
            Inbound(f"SM{who}-{index}", number(who), number(0), body, at=came.get(body))
            for index, body in enumerate(TOGETHER[::order])
        ]
        for who in (1, 2)
    ]
    receive(world.runtime.desk, batches[0])
    for text in batches[1]:
        receive(world.runtime.desk, [text])
    own = ("id", "public_id", "number_key", "number_sealed")
    rows = [row._asdict() for row in conversations(world)]
    together, apart = ({k: v for k, v in row.items() if k not in own} for row in rows)
    assert together == apart


@pytest.mark.parametrize("word", ["STOP", "EXIT"])
def test_s4_who_leaves_is_not_texted_by_staff_until_they_write_again(
    world: World, word: str
) -> None:
    world.text(ANNA, "ជួយខ្ញុំផង")
    world.text(ANNA, word)
    assert [row.last_text_at for row in conversations(world)] == [None]
    world.text(ANNA, "1")
    assert conversations(world)[0].last_text_at == world.runtime.clock.now()


def test_a_text_that_comes_late_does_not_look_new(world: World, clock: FixedClock) -> None:
    came = clock.now() - timedelta(hours=2)
    receive(world.runtime.desk, [Inbound("SM1", ANNA, number(0), "ជួយខ្ញុំផង", at=came)])
    (row,) = conversations(world)
    assert row.last_text_at == came
    assert clock_of(world) == LOOK_WITHIN[Urgency.URGENT]


def test_texts_that_come_together_are_told_in_their_order(world: World) -> None:
    bodies = [("SM1", 3, "1"), ("SM2", 1, "ជួយ"), ("SM3", 2, "exit")]
    texts = [Inbound(sid, number(who), number(0), body) for sid, who, body in bodies]
    heard = receive(world.runtime.desk, texts)
    assert [item.intent for item in heard] == ["JOB", "HELP", "EXIT"]


def test_s19_a_conversation_names_no_contact(world: World) -> None:
    anna = world.enrol(1)
    world.text(anna, "ជួយខ្ញុំផង")
    (row,) = conversations(world)
    assert not {name for name in row._fields if "contact" in name}
    assert row.number_key == world.runtime.desk.help_vault.lookup(anna)
    assert row.number_key != world.runtime.desk.vault.lookup(anna)
    assert anna not in repr(row)


def test_s18_a_conversation_follows_its_person_to_new_keys(world: World) -> None:
    world.text(ANNA, "ជួយខ្ញុំផង")
    old = world.runtime.settings.help_keys.get_secret_value()
    vault = parse_keys(f"{new_key('seal')},{new_key('lookup')},{old}", "test")
    engine = world.runtime.engine
    with transaction(engine) as connection:
        older = vault.lookups(ANNA)[1:]
        queries.bring_along(connection, vault.lookup(ANNA), older)
    assert [row.number_key for row in conversations(world)] == [vault.lookup(ANNA)]
    rotate(engine, HELP_STORE, vault, lambda _done: None)
    (row,) = conversations(world)
    assert (row.number_key, vault.unseal(row.number_sealed)) == (vault.lookup(ANNA), ANNA)
    assert left(engine, HELP_STORE, vault) == 0


def test_two_conversations_that_two_keys_opened_become_one(world: World) -> None:
    world.text(ANNA, "ជួយខ្ញុំផង")
    old = world.runtime.settings.help_keys.get_secret_value()
    vault = parse_keys(f"{new_keys()},{old}", "test")
    (first,) = conversations(world)
    twin = dict(first._mapping) | {
        "id": None,
        "public_id": "cv_twin",
        "number_key": vault.lookup(ANNA),
        "number_sealed": vault.seal(ANNA),
    }
    with transaction(world.runtime.engine) as connection:
        del twin["id"]
        connection.execute(queries.CONVERSATIONS.insert().values(twin))
    rotate(world.runtime.engine, HELP_STORE, vault, lambda _done: None)
    gone, kept = conversations(world)
    assert (kept.number_key, kept.state) == (vault.lookup(ANNA), "new")
    assert (gone.number_sealed, gone.state) == (b"", "closed")


@given(st.sampled_from(Stage), st.lists(st.sampled_from(Act)))
def test_the_person_is_always_heard_and_a_closed_one_only_by_them(
    stage: Stage, acts: list[Act]
) -> None:
    for act in acts:
        moved = after(stage, act)
        if act in (Act.TEXT, Act.CALL):
            assert moved in (Stage.NEW, Stage.ASSIGNED)
        elif stage is Stage.CLOSED:
            assert moved is None
        stage = moved or stage
    assert stage in (*OPEN, Stage.CLOSED)
    assert set(MOVES) == set(Stage)


@given(st.sampled_from(Act), st.sampled_from(["", "dara", "sokha"]), st.booleans())
def test_nobody_acts_on_what_another_one_has_but_a_lead(act: Act, has: str, leads: bool) -> None:
    allowed = may(act, by="dara", assigned_to=has, leads=leads)
    if has == "sokha":
        assert allowed == (leads and act in (Act.TAKE, Act.HAND_OVER))
    if has == "dara":
        assert allowed


def test_s2_topics_that_share_an_answer_differ_only_in_their_clock() -> None:
    assert urgency("HELP") is urgency("CHILD") is Urgency.URGENT
    assert urgency("SHELTER") is urgency("POLICE") is urgency("UNKNOWN") is Urgency.SOON
    assert urgency("JOB") is urgency("HEALTH") is Urgency.NORMAL
    assert [intent for intent in ("STOP", "EXIT", "HELP") if leaves(intent)] == ["STOP", "EXIT"]
