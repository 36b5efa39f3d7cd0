"""Workers and conversations: who has one, who may read it, what they note; each leaves its mark."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.hotline import calling, queries
from outreach.hotline.callback import missed_call
from outreach.hotline.inbox import acting, listing, reading
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.inbox.worker import Worker
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound, Refused
from outreach.staff import accounts
from outreach.staff.queries import STAFF
from outreach.store.engine import transaction
from outreach.store.ledger import LEDGER
from tests.world import World, number

ANNA = number(1)
DARA, SOKHA = Worker("dara"), Worker("sokha")
LEAD = Worker("lead.one", leads=True)
PLEA = "ជួយខ្ញុំផង"


@pytest.fixture
def talk(world: World) -> str:
    """The id of a conversation that nobody has."""
    world.text(ANNA, PLEA)
    return ids(world)[0]


def ids(world: World, by: str = "dara", which: str = listing.ALL) -> list[str]:
    return [head.id for head in listing.inbox(world.runtime.engine, by, which).shown]


def audit(world: World) -> list[tuple[str, str, str]]:
    return [(row.by, row.action, row.reason) for row in world.all(queries.AUDIT)]


def staff(world: World, *names: str) -> None:
    for name in names:
        accounts.add(
            world.runtime.engine, world.runtime.clock, name, ["hotline_worker"], "", by="tests"
        )
    with transaction(world.runtime.engine) as connection:
        connection.execute(STAFF.update().values(password_hash="x"))


def test_the_inbox_begins_with_the_most_urgent(world: World, clock: FixedClock) -> None:
    for index, body in enumerate(("1", "asdf qwer", PLEA, PLEA), start=1):
        world.text(number(index), body)
        clock.advance(timedelta(seconds=30))
    found = listing.inbox(world.runtime.engine, "dara", listing.ALL)
    assert [head.urgency for head in found.shown] == [2, 2, 1, 0]
    assert found.shown[0].due_by < found.shown[1].due_by  # type: ignore[operator]
    assert number(3) not in repr(found)


def test_each_filter_shows_its_own(world: World, talk: str) -> None:
    world.text(number(2), "1")
    acting.take(world.runtime.desk, talk, DARA)
    assert ids(world, "dara", listing.MINE) == [talk]
    assert talk not in ids(world, "dara", listing.NOBODYS)
    assert ids(world, "sokha", listing.MINE) == []
    counts = listing.inbox(world.runtime.engine, "dara", listing.MINE).counts
    assert counts == {"all": 2, "nobodys": 1, "mine": 1}


def test_two_workers_never_have_one_conversation(world: World, talk: str) -> None:
    desk = world.runtime.desk
    acting.take(desk, talk, DARA)
    with pytest.raises(Conflict):
        acting.take(desk, talk, SOKHA)
    acting.take(desk, talk, LEAD)  # a supervisor may take over
    with pytest.raises(Conflict):
        acting.close(desk, talk, DARA, "answered")


def test_s22_a_conversation_is_read_by_whoever_has_it_or_for_a_reason_and_that_is_noted(
    world: World, talk: str
) -> None:
    desk = world.runtime.desk
    with pytest.raises(BadInput):
        reading.read(desk, talk, DARA)
    assert audit(world) == []
    thread = reading.read(desk, talk, SOKHA, "asked by the supervisor")
    assert [entry.body for entry in thread.entries if entry.kind == "text"] == [PLEA]
    assert not thread.mine
    acting.take(desk, talk, DARA)
    assert reading.read(desk, talk, DARA).mine
    assert audit(world) == [
        ("sokha", "read", "asked by the supervisor"),
        ("dara", "took", ""),
        ("dara", "read", "has it"),
    ]


def test_what_came_at_one_moment_is_read_in_its_order(world: World, talk: str) -> None:
    for body in ("one", "two", "three"):
        world.text(number(1), body)
    thread = reading.read(world.runtime.desk, talk, SOKHA, "to read on")
    said = [entry.body for entry in thread.entries if entry.kind == "text"]
    assert said == [PLEA, "one", "two", "three"]


def test_s30_the_clock_stops_when_whoever_has_it_looks(
    world: World, talk: str, clock: FixedClock
) -> None:
    desk = world.runtime.desk
    reading.read(desk, talk, SOKHA, "only looking on")
    assert reading.glance(desk.engine, talk).due_by is not None
    clock.advance(timedelta(seconds=90))
    acting.take(desk, talk, DARA)
    assert reading.glance(desk.engine, talk).due_by is None
    world.text(ANNA, "1")
    assert reading.glance(desk.engine, talk).due_by is not None
    reading.read(desk, talk, DARA)
    assert reading.glance(desk.engine, talk).due_by is None
    looked = [
        (row.amount, row.contact_id) for row in world.all(LEDGER) if row.kind == "help.looked"
    ]
    assert looked == [(90, None)]


def test_a_conversation_is_handed_over_with_a_note_and_a_new_clock(world: World, talk: str) -> None:
    desk = world.runtime.desk
    staff(world, "dara", "sokha")
    acting.take(desk, talk, DARA)
    with pytest.raises(BadInput):
        acting.hand_over(desk, talk, DARA, "sokha", "  ")
    with pytest.raises(BadInput):
        acting.hand_over(desk, talk, DARA, "nobody.here", "call at noon")
    acting.hand_over(desk, talk, DARA, "sokha", "call at noon")
    head = reading.glance(desk.engine, talk)
    assert (head.assigned_to, head.due_by is not None) == ("sokha", True)
    thread = reading.read(desk, talk, SOKHA)
    assert ("hand_over", "dara", "call at noon") in [(e.kind, e.by, e.body) for e in thread.entries]


def test_what_is_given_back_waits_for_anybody(world: World, talk: str) -> None:
    desk = world.runtime.desk
    acting.take(desk, talk, DARA)
    acting.release(desk, talk, DARA)
    head = reading.glance(desk.engine, talk)
    assert (head.state, head.assigned_to, head.due_by is not None) == ("new", "", True)
    acting.take(desk, talk, SOKHA)


def test_s19_notes_and_the_code_word_are_sealed(world: World, talk: str) -> None:
    desk = world.runtime.desk
    acting.take(desk, talk, DARA)
    acting.note(desk, talk, DARA, "works at night")
    acting.set_code(desk, talk, DARA, "mango")
    stored = repr(world.all(inbox.NOTES)) + repr(world.all(inbox.CONVERSATIONS))
    assert "night" not in stored
    assert "mango" not in stored
    thread = reading.read(desk, talk, DARA)
    assert thread.code == "mango"
    assert "mango" not in repr(thread)
    with pytest.raises(BadInput):
        acting.set_code(desk, talk, DARA, number(1))


def test_only_whoever_has_it_notes_something(world: World, talk: str) -> None:
    with pytest.raises(Conflict):
        acting.note(world.runtime.desk, talk, DARA, "words")
    with pytest.raises(NotFound):
        acting.note(world.runtime.desk, "cv_none", DARA, "words")


def test_a_closed_conversation_leaves_the_inbox_until_the_person_writes_again(
    world: World, talk: str
) -> None:
    desk = world.runtime.desk
    acting.take(desk, talk, DARA)
    with pytest.raises(BadInput):
        acting.close(desk, talk, DARA, "rescued")
    acting.close(desk, talk, DARA, "answered")
    assert ids(world) == []
    world.text(ANNA, "1")
    assert ids(world) == [talk]
    assert reading.glance(desk.engine, talk).assigned_to == ""


def test_s18_the_number_is_seen_for_a_written_reason_and_that_is_noted(
    world: World, talk: str
) -> None:
    desk = world.runtime.desk
    acting.take(desk, talk, DARA)
    with pytest.raises(BadInput):
        acting.see_number(desk, talk, DARA, "")
    found = acting.see_number(desk, talk, DARA, "they asked for a call")
    assert found.number == ANNA
    assert ANNA not in repr(found)
    assert audit(world)[-1] == ("dara", "saw the number of", "they asked for a call")
    with pytest.raises(Conflict):
        acting.see_number(desk, talk, SOKHA, "they asked for a call")


def test_s15_a_child_is_called_by_child_trained_staff_alone(world: World) -> None:
    desk, trained = world.runtime.desk, Worker("dara", child_trained=True)
    world.text(ANNA, "9")
    (talk,) = ids(world)
    acting.take(desk, talk, DARA)
    acting.set_child(desk, talk, DARA, child=True)
    (waiting,) = calling.call_list(desk.engine, desk.clock, "dara").waiting
    assert waiting.child
    for try_ in (
        lambda: calling.take(desk, waiting.id, "dara"),
        lambda: acting.see_number(desk, talk, DARA, "they asked for a call"),
    ):
        with pytest.raises(Refused):
            try_()
    assert calling.take(desk, waiting.id, "dara", child_trained=True).child
    assert acting.see_number(desk, talk, trained, "they asked for a call").child


def test_s15_who_says_that_they_are_a_child_is_marked_at_once(world: World) -> None:
    world.text(ANNA, "ខ្ញុំជាកុមារ")
    heads = listing.inbox(world.runtime.engine, "dara", listing.ALL).shown
    assert [(head.child, head.urgency) for head in heads] == [(True, 2)]


def test_s6_the_call_card_bears_the_code_word_and_what_to_say(world: World, talk: str) -> None:
    desk = world.runtime.desk
    acting.take(desk, talk, DARA)
    acting.set_code(desk, talk, DARA, "mango")
    missed_call(desk, ANNA, "CA1")
    (waiting,) = calling.call_list(desk.engine, desk.clock, "dara").waiting
    card = calling.take(desk, waiting.id, "dara")
    assert (card.code, card.language) == ("mango", "km")
    assert card.lines == desk.phrases.call["km"]
    assert "mango" not in repr(card)


def test_whoever_takes_a_call_has_the_conversation(world: World) -> None:
    desk = world.runtime.desk
    missed_call(desk, ANNA, "CA1")
    (waiting,) = calling.call_list(desk.engine, desk.clock, "dara").waiting
    calling.take(desk, waiting.id, "dara")
    (talk,) = ids(world, "dara", listing.MINE)
    assert reading.glance(desk.engine, talk).due_by is None
