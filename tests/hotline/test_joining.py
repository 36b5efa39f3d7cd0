"""People join by text, by ringing, by START; what comes back never tells who is registered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.hotline import queries
from outreach.hotline.callback import missed_call
from outreach.kernel.clock import FixedClock
from outreach.people import contacts
from outreach.people import queries as people
from outreach.people.communities import managing
from outreach.people.communities import queries as communities
from outreach.people.communities.managing import CommunityView, Details
from outreach.people.rules.join_code import new_code
from outreach.store.engine import reading
from outreach.store.ledger import LEDGER
from tests.world import World, number

STRANGER = number(9_000_001)
RUNG = number(9_000_900)
FACTORY = Details(
    "factory", country="TH", name_km="រោងចក្រ", name_en="Factory", language="en", join_number=RUNG,
    wording="v1",
)  # fmt: skip


@pytest.fixture
def factory(world: World, clock: FixedClock) -> CommunityView:
    return managing.add(world.runtime.engine, world.runtime.desk.vault, clock, FACTORY)


def consent(world: World, who: str) -> str | None:
    with reading(world.runtime.engine) as connection:
        found = contacts.find_by_number(connection, world.runtime.desk.vault, who)
    return found.consent if found else None


def members(world: World) -> list[str]:
    return [row.how for row in world.all(communities.MEMBERSHIPS)]


def test_s12_start_from_a_stranger_registers_them_with_evidence(world: World) -> None:
    world.text(STRANGER, "ចាប់ផ្តើម")
    (event,) = world.all(people.EVENTS)
    (row,) = world.all(people.CONTACTS)
    assert consent(world, STRANGER) == "consented"
    assert (event.contact_id, event.before, event.after) == (row.id, "", "consented")
    assert (event.source, event.how, event.wording) == ("sms", "texted START", "v1")
    assert (event.language, event.given_on, row.language) == ("km", "2026-03-02", "km")
    assert [f.detail for f in world.all(LEDGER) if f.kind == "consent"] == ["consented"]
    assert row.number_sealed.find(b"9000001") == -1


def test_s14_start_after_a_strangers_stop_consents(world: World) -> None:
    world.text(STRANGER, "STOP")
    world.text(STRANGER, "START")
    assert consent(world, STRANGER) == "consented"
    assert [event.before for event in world.all(people.EVENTS)] == ["", "opted_out"]


def test_s12_joining_by_code_is_consent_to_the_posters_wording(
    world: World, factory: CommunityView
) -> None:
    world.text(STRANGER, f"JOIN {factory.join_code}")
    (event,) = world.all(people.EVENTS)
    assert (event.after, event.wording) == ("consented", "v1")
    assert event.how == f"texted JOIN {factory.join_code}"
    assert members(world) == ["join_code"]
    (row,) = world.all(people.CONTACTS)
    assert (row.language, row.destination, row.present) == ("en", "TH", "TH")
    assert [f.contact_id for f in world.all(LEDGER) if f.kind == "community.joined"] == [row.id]


def test_joining_twice_is_joining_once_and_changes_nothing_else(
    world: World, factory: CommunityView
) -> None:
    anna = world.enrol(1, language="vi")
    world.text(anna, f"JOIN {factory.join_code}")
    world.text(anna, f"join {factory.join_code}")
    assert members(world) == ["join_code"]
    (row,) = world.all(people.CONTACTS)
    assert (row.language, row.province, row.consent) == ("vi", "01", "consented")


def test_s3_known_unknown_and_stopped_numbers_and_wrong_codes_get_the_same(
    world: World, factory: CommunityView
) -> None:
    anna, ben, wrong = world.enrol(1), number(2), number(3)
    world.text(number(4), "STOP")
    for who in (anna, ben, number(4)):
        world.text(who, f"JOIN {factory.join_code}")
    world.text(wrong, f"JOIN {new_code()}")
    world.send()
    said = world.runtime.desk.replies.text("START", "km")
    assert [world.got(who)[-1] for who in (anna, ben, number(4), wrong)] == [said] * 4


def test_a_wrong_code_changes_nothing_and_a_person_is_told(
    world: World, factory: CommunityView
) -> None:
    mistyped = factory.join_code[:-1] + str((int(factory.join_code[-1]) + 1) % 10)
    world.text(STRANGER, f"JOIN {mistyped}")
    assert (consent(world, STRANGER), members(world)) == (None, [])
    assert [row.kind for row in world.all(queries.ALERTS)] == ["join_code"]


def test_an_archived_communitys_code_is_a_wrong_one(
    world: World, clock: FixedClock, factory: CommunityView
) -> None:
    desk = world.runtime.desk
    managing.archive(desk.engine, desk.vault, clock, factory.join_code)
    world.text(STRANGER, f"JOIN {factory.join_code}")
    assert consent(world, STRANGER) is None


@pytest.mark.parametrize("known", [True, False])
def test_s14_joining_after_stop_is_belonging_and_not_consent(
    world: World, factory: CommunityView, *, known: bool
) -> None:
    who = world.enrol(1) if known else STRANGER
    world.text(who, "STOP")
    world.text(who, f"JOIN {factory.join_code}")
    missed_call(world.runtime.desk, who, "CA1", RUNG)
    assert (consent(world, who), members(world)) == ("opted_out", ["join_code"])
    world.text(who, "START")
    assert consent(world, who) == "consented"


def test_s12_whoever_rings_a_join_number_joins_and_is_told_how_to_leave(
    world: World, factory: CommunityView
) -> None:
    assert not missed_call(world.runtime.desk, STRANGER, "CA1", RUNG)
    missed_call(world.runtime.desk, STRANGER, "CA1", RUNG)  # the hook comes twice
    world.send()
    assert (consent(world, STRANGER), members(world)) == ("consented", ["missed_call"])
    (event,) = world.all(people.EVENTS)
    assert (event.source, event.how) == ("voice", f"rang the number of {factory.join_code}")
    assert world.got(STRANGER) == [world.runtime.desk.replies.text("START", "en")]
    assert world.all(queries.CALL_BACKS) == []


def test_s5_ringing_our_other_numbers_is_still_a_call_back(
    world: World, factory: CommunityView
) -> None:
    assert missed_call(world.runtime.desk, STRANGER, "CA1", number(9_000_901))
    assert (consent(world, STRANGER), members(world)) == (None, [])


@pytest.mark.parametrize("body", ["yes", "ចាស", "បាទ!", "ok"])
def test_s13_a_yes_of_somebody_invited_is_consent(world: World, body: str) -> None:
    anna = world.enrol(1, consent="invited")
    world.text(anna, body)
    assert consent(world, anna) == "consented"
    assert world.all(people.EVENTS)[-1].how == "answered yes to the invitation"


@pytest.mark.parametrize("body", ["no", "ទេ", "No thanks."])
def test_s13_a_no_of_somebody_invited_is_kept(world: World, body: str) -> None:
    anna = world.enrol(1, consent="invited")
    world.text(anna, body)
    assert consent(world, anna) == "declined"


@pytest.mark.parametrize("state", ["listed", "declined", "opted_out", "lapsed"])
def test_a_yes_of_anybody_else_means_nothing(world: World, state: str) -> None:
    anna = world.enrol(1, consent=state)
    world.text(anna, "yes")
    assert consent(world, anna) == state


def test_s3_a_yes_is_answered_alike_whoever_was_invited(world: World) -> None:
    anna = world.enrol(1, consent="invited")
    for who in (anna, STRANGER):
        world.text(who, "yes")
    world.send()
    assert world.got(anna) == world.got(STRANGER) != []


def test_s9_a_joiner_who_was_just_answered_is_not_answered_again(
    world: World, clock: FixedClock, factory: CommunityView
) -> None:
    for minute in (0, 4, 20):
        clock.advance(timedelta(minutes=minute))
        missed_call(world.runtime.desk, STRANGER, f"CA{minute}", RUNG)
    world.send()
    assert len(world.all(queries.DELIVERIES)) == 2
