"""A person's words count in the order in which they were said, however we hear of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from outreach.delivery.claiming import claim, submit
from outreach.hotline import queries
from outreach.hotline.callback import missed_call
from outreach.hotline.inbox import acting, listing
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.inbox.replying import Choice, reply
from outreach.hotline.inbox.worker import Worker
from outreach.hotline.retention.redacting import redact
from outreach.hotline.retention.sealing import seal_contact
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Refused
from outreach.people import optout, rights
from outreach.people import queries as people
from outreach.people.audit import Asking
from outreach.people.communities import managing
from outreach.people.communities import queries as communities
from outreach.people.communities.managing import CommunityView, Details
from outreach.people.counting import counts
from outreach.people.persons import lapsing
from outreach.store.engine import transaction
from tests.hotline.test_catching_up import ANNA, alerts, catching_up, listed, rang
from tests.world import World, number

DARA = Worker("dara")
WHY = Asking("lead.one", "the phone was taken")
JOIN = number(9_000_900)
VILLAGE = Details(
    "factory", country="TH", name_km="រោងចក្រ", name_en="Factory", wording="v1", join_number=JOIN
)
LEAVING = ("STOP", "not me", "forget")


def out(world: World) -> int:
    return counts(world.runtime.engine).opted_out


def stop_by_key(world: World) -> None:
    with transaction(world.runtime.engine) as connection:
        optout.opt_out_contact(connection, 1, at=world.runtime.clock.now(), source="voice")


def taken(world: World) -> str:
    """Dara has the one conversation: its id."""
    desk = world.runtime.desk
    (head,) = listing.inbox(desk.engine, "", listing.NOBODYS).shown
    acting.take(desk, head.id, DARA)
    return head.id


def test_s14_a_start_of_before_a_stop_that_also_asked_for_help_revives_nothing(
    world: World,
) -> None:
    world.enrol(1)
    world.text(ANNA, "STOP help me")
    listed(world, "START", 10)
    catching_up(world)
    assert out(world) == 1


def test_s14_a_start_of_before_a_stop_by_key_revives_nothing(world: World) -> None:
    world.enrol(1)
    stop_by_key(world)
    listed(world, "START", 10)
    catching_up(world)
    assert out(world) == 1


def test_s14_a_start_of_after_a_stop_by_key_counts(world: World, clock: FixedClock) -> None:
    world.enrol(1)
    stop_by_key(world)
    clock.advance(timedelta(minutes=20))
    listed(world, "START", 10)
    catching_up(world)
    assert out(world) == 0


def test_s14_a_stop_of_before_a_join_that_comes_late_counts(
    world: World, village: CommunityView
) -> None:
    world.enrol(1)
    world.text(ANNA, f"JOIN {village.join_code}")
    listed(world, "STOP", 10)
    catching_up(world)
    assert out(world) == 1


@pytest.mark.parametrize("word", ["EXIT", "STOP"])
def test_s4_who_left_meanwhile_is_not_texted_for_what_they_wrote_before(
    world: World, word: str
) -> None:
    world.text(ANNA, word)
    world.send()
    before = world.got(ANNA)
    listed(world, "ជួយ", 2)
    catching_up(world)
    world.send()
    assert world.got(ANNA) == before
    assert alerts(world) == ["help"]
    with pytest.raises(Refused):
        reply(world.runtime.desk, taken(world), DARA, Choice("where"))


def test_s4_who_wrote_again_after_leaving_may_be_answered(world: World) -> None:
    listed(world, "ជួយ", 3)
    world.text(ANNA, "EXIT")
    world.text(ANNA, "ជួយ")
    catching_up(world)
    reply(world.runtime.desk, taken(world), DARA, Choice("where"))


def test_s9_five_minutes_count_from_when_the_person_wrote(world: World, clock: FixedClock) -> None:
    listed(world, "ការងារ", 4)
    catching_up(world)
    world.text(number(2), "ការងារ")
    clock.advance(timedelta(minutes=1))
    world.send()
    assert [sms.to for sms in world.gateway.sms] == [number(2)]
    assert alerts(world) == ["answer_dropped"]


def test_s23_what_was_sealed_is_not_taken_in_from_the_gateways_list(world: World) -> None:
    desk = world.runtime.desk
    world.text(ANNA, "ជួយ", sid="SM7")
    listed(world, "ជួយ", 0, sid="SM7")
    missed_call(desk, ANNA, "CA1")
    rang(world, 0, sid="CA1")
    seal_contact(desk.engine, desk.help_vault, desk.clock, ANNA, WHY)
    assert catching_up(world) == 0
    assert [row.state for row in world.all(inbox.CONVERSATIONS)] == ["closed"]
    assert "SM7" not in {row.sid for row in world.all(queries.INBOUND)}


def test_s4_a_reply_that_is_leased_does_not_leave_after_a_stop(world: World) -> None:
    runtime, now = world.runtime, world.runtime.clock.now()
    lane = next(lane for lane in runtime.lanes if lane.name == "answers")
    world.text(ANNA, "ជួយ")
    world.send()
    reply(runtime.desk, taken(world), DARA, Choice("where"))
    ids = claim(runtime.engine, lane, "sms", now, 10)
    world.text(ANNA, "EXIT")
    assert len(ids) == 1
    assert submit(runtime.engine, lane, ids, "sender", now) == []


def write_unreadably(world: World) -> None:
    """Anna writes, and the key is lost that her words are sealed with."""
    world.text(ANNA, "ការងារ")
    lost = update(queries.INBOUND).values(body_sealed=b"\x09seal-lost and what it sealed")
    with transaction(world.runtime.engine) as connection:
        connection.execute(lost)


def test_s14_a_start_of_before_words_that_do_not_open_revives_nothing(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    stop_by_key(world)
    clock.advance(timedelta(minutes=20))
    write_unreadably(world)
    listed(world, "START", 10)
    catching_up(world)
    assert out(world) == 1


def test_s14_a_stop_of_before_words_that_do_not_open_counts(world: World) -> None:
    world.enrol(1)
    write_unreadably(world)
    listed(world, "STOP", 10)
    catching_up(world)
    assert out(world) == 1


def test_s4_who_wrote_since_what_does_not_open_is_not_texted_for_what_they_wrote_before(
    world: World,
) -> None:
    write_unreadably(world)
    world.send()
    before = world.got(ANNA)
    listed(world, "ជួយ", 2)
    catching_up(world)
    world.send()
    assert world.got(ANNA) == before
    assert alerts(world)[-1] == "help"


def leave(world: World, how: str) -> None:
    """Anna has nothing to do with us any more."""
    register = world.runtime.engine, world.runtime.desk.vault, world.runtime.clock
    if how == "STOP":
        world.text(ANNA, how)
    elif how == "not me":
        lapsing.not_me(*register, ANNA, WHY)
    else:
        rights.forget(*register, ANNA, WHY)


def standing(world: World) -> list[tuple[str, int]]:
    """How the contacts stand, and how many are members anywhere."""
    members = sum(row.left_at is None for row in world.all(communities.MEMBERSHIPS))
    return [(row.consent, members) for row in world.all(people.CONTACTS)]


def register(world: World) -> CommunityView:
    runtime = world.runtime
    return managing.add(runtime.engine, runtime.desk.vault, runtime.clock, VILLAGE)


@pytest.fixture
def village(world: World, clock: FixedClock) -> CommunityView:
    """A community of some time ago."""
    found = register(world)
    clock.advance(timedelta(minutes=10))
    return found


@pytest.mark.parametrize("how", LEAVING)
def test_s16_a_join_call_that_the_list_shows_again_joins_nobody_again(
    world: World, clock: FixedClock, village: CommunityView, how: str
) -> None:
    missed_call(world.runtime.desk, ANNA, "CA1", JOIN)
    rang(world, 0, sid="CA1", to=JOIN)
    clock.advance(timedelta(minutes=1))
    leave(world, how)
    before = standing(world)
    assert catching_up(world) == 0
    assert standing(world) == before


@pytest.mark.parametrize("how", LEAVING)
def test_s16_a_join_call_that_no_hook_told_of_joins_nobody_who_left_since(
    world: World, clock: FixedClock, village: CommunityView, how: str
) -> None:
    world.enrol(1)
    rang(world, 0, to=JOIN)
    clock.advance(timedelta(minutes=1))
    leave(world, how)
    before = standing(world)
    assert catching_up(world) == 0
    world.send()
    assert standing(world) == before
    assert len(world.got(ANNA)) == (how == "STOP")


def test_s12_who_rang_a_number_before_one_joined_by_it_joins_nothing(
    world: World, clock: FixedClock
) -> None:
    rang(world, 0, to=JOIN)
    clock.advance(timedelta(minutes=10))
    register(world)
    assert catching_up(world) == 1
    assert standing(world) == []
    assert alerts(world) == ["late_call"]


def test_s12_who_was_called_back_is_not_joined_by_the_same_call(
    world: World, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=1))
    missed_call(world.runtime.desk, ANNA, "CA1", JOIN)
    register(world)
    rang(world, 0, sid="CA1", to=JOIN)
    assert catching_up(world) == 0
    assert standing(world) == []


def test_s12_who_joined_by_a_call_is_not_called_back_for_it(
    world: World, clock: FixedClock, village: CommunityView
) -> None:
    missed_call(world.runtime.desk, ANNA, "CA1", JOIN)
    rang(world, 0, sid="CA1", to=JOIN)
    runtime = world.runtime
    managing.archive(runtime.engine, runtime.desk.vault, clock, village.join_code)
    assert catching_up(world, JOIN) == 0
    assert (world.all(queries.CALL_BACKS), alerts(world)) == ([], [])


def test_s12_who_joined_by_a_call_that_no_hook_told_of_is_told_how_to_leave(
    world: World, village: CommunityView
) -> None:
    rang(world, 4, to=JOIN)
    assert [catching_up(world), catching_up(world)] == [1, 0]
    world.send()
    assert standing(world) == [("consented", 1)]
    assert world.got(ANNA) == [world.runtime.desk.replies.text("START", "km")]


def test_s9_where_it_is_too_late_to_tell_who_joined_a_person_is_told(
    world: World, village: CommunityView
) -> None:
    rang(world, 6, to=JOIN)
    assert [catching_up(world), catching_up(world)] == [1, 0]
    world.send()
    assert (world.got(ANNA), alerts(world)) == ([], ["answer_dropped"])


@pytest.mark.parametrize("said", ["START", "JOIN"])
@pytest.mark.parametrize("how", ["not me", "forget"])
def test_s24_a_word_of_before_that_comes_late_registers_nobody_anew(
    world: World, clock: FixedClock, village: CommunityView, how: str, said: str
) -> None:
    world.enrol(1)
    listed(world, said if said == "START" else f"JOIN {village.join_code}", 0)
    clock.advance(timedelta(minutes=1))
    leave(world, how)
    before = standing(world)
    assert catching_up(world) == 1
    assert standing(world) == before


def test_s24_who_was_forgotten_and_starts_anew_the_next_day_is_registered(
    world: World, clock: FixedClock
) -> None:
    world.enrol(1)
    leave(world, "forget")
    clock.advance(timedelta(days=1))
    listed(world, "START", 10)
    catching_up(world)
    assert standing(world)[-1][0] == "consented"


def test_s20_the_mark_of_a_join_call_goes_with_the_texts(
    world: World, clock: FixedClock, village: CommunityView
) -> None:
    missed_call(world.runtime.desk, ANNA, "CA1", JOIN)
    (row,) = world.all(queries.JOIN_CALLS)
    assert "CA1" not in row.mark
    clock.advance(timedelta(days=31))
    assert redact(world.runtime.engine, clock, timedelta(days=30)) > 0
    assert world.all(queries.JOIN_CALLS) == []
