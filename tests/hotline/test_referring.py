"""A service is offered by the person's choice, followed step by step, and told to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.content.directory import Directory
from outreach.content.rules.hours import read_hours
from outreach.content.rules.services import Service
from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import acting, listing
from outreach.hotline.inbox.worker import Worker
from outreach.hotline.referral import offering
from outreach.hotline.rules.referral import MOVES, Stage, may_move, on_offer, refused_because
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound, Refused
from outreach.staff import accounts
from outreach.staff.queries import STAFF
from outreach.store.engine import transaction
from outreach.store.ledger import LEDGER
from tests.world import World, number

DARA, SOKHA = Worker("dara"), Worker("sokha")
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def service(id_: str, authority: str = "none", **values: object) -> Service:
    plain = Service(
        id=id_,
        country="KH",
        number="0380000009",
        name=f"Service {id_}",
        category="medical",
        languages=("km",),
        hours=read_hours("always") or (),
        zone="Asia/Phnom_Penh",
        cost="free",
        records_calls="no",
        authority=authority,
        reachable_from=("KH",),
        verified_on=date(2026, 3, 1),
        expires_on=date(2026, 9, 1),
        enabled=True,
    )
    return replace(plain, **values)  # type: ignore[arg-type]


CLINIC, POLICE, EMBASSY = service("clinic"), service("police", "police"), service("emb", "embassy")


@pytest.fixture
def desk(world: World) -> Desk:
    """A hotline with an approved directory."""
    directory = Directory((CLINIC, POLICE, EMBASSY), "x", approved=True)
    return replace(world.runtime.desk, directory=directory)


@pytest.fixture
def talk(world: World, desk: Desk) -> str:
    """A conversation that dara has."""
    world.text(number(1), "ជួយខ្ញុំផង")
    (head,) = listing.inbox(desk.engine, "dara", listing.ALL).shown
    acting.take(desk, head.id, DARA)
    return head.id


def offers(desk: Desk, talk: str) -> tuple[offering.Offer, ...]:
    return offering.of_conversation(desk, talk)


def test_a_referral_goes_from_offered_to_closed_with_the_time_of_each_step(
    world: World, desk: Desk, talk: str, clock: FixedClock
) -> None:
    offering.offer(desk, talk, DARA, "clinic", country="KH")
    (found,) = offers(desk, talk)
    for stage in ("accepted", "handed", "acknowledged"):
        clock.advance(timedelta(minutes=10))
        offering.step(desk, talk, DARA, found.id, stage)
    with pytest.raises(BadInput):
        offering.step(desk, talk, DARA, found.id, "closed", "rescued")
    offering.step(desk, talk, DARA, found.id, "closed", "in_touch")
    (done,) = offers(desk, talk)
    stages = [stage for stage, _at in done.times]
    assert stages == ["offered", "accepted", "handed", "acknowledged", "closed"]
    assert (done.outcome, done.next) == ("in_touch", ())
    facts = [row for row in world.all(LEDGER) if row.kind == "help.referral"]
    assert [(row.detail, row.amount // 60) for row in facts] == [
        ("offered", 0), ("accepted", 10), ("handed", 20), ("acknowledged", 30), ("closed", 30)
    ]  # fmt: skip


def test_s19_facts_on_referrals_lead_to_nobody(world: World, desk: Desk, talk: str) -> None:
    world.enrol(1)
    offering.offer(desk, talk, DARA, "clinic", country="KH")
    for row in world.all(LEDGER):
        if row.kind.startswith("help."):
            assert row.contact_id is row.delivery_id is row.attempt_id is None
            assert talk not in repr(row)


@pytest.mark.parametrize("official", ["police", "emb"])
def test_s29_police_and_embassy_only_if_the_person_asks_and_never_as_the_only_one(
    desk: Desk, talk: str, official: str
) -> None:
    with pytest.raises(Refused, match="only if the person asks"):
        offering.offer(desk, talk, DARA, official, country="KH")
    with pytest.raises(Refused, match="must not be the only one"):
        offering.offer(desk, talk, DARA, official, country="KH", chosen=True)
    assert offers(desk, talk) == ()
    offering.offer(desk, talk, DARA, "clinic", country="KH")
    offering.offer(desk, talk, DARA, official, country="KH", chosen=True)
    assert [offer.authority for offer in offers(desk, talk)][0:1] == ["none"]
    found = offering.choice(desk, "KH")
    assert {item.id for item in found.free} == {"clinic"}
    assert {item.id for item in found.official} == {"police", "emb"}


@pytest.mark.parametrize(
    ("changed", "country"),
    [
        ({"enabled": False}, "KH"),
        ({"verified_on": None}, "KH"),
        ({"expires_on": date(2026, 3, 2)}, "KH"),
        ({"hours": read_hours("sun 08:00-09:00")}, "KH"),
        ({}, "TH"),
    ],
)
def test_s33_what_is_not_verified_open_and_reachable_is_offered_to_nobody(
    desk: Desk, talk: str, changed: dict[str, object], country: str
) -> None:
    spoiled = Directory((service("clinic", **changed),), "x", approved=True)
    with pytest.raises(Refused):
        offering.offer(replace(desk, directory=spoiled), talk, DARA, "clinic", country=country)


def test_s31_a_directory_that_two_people_have_not_approved_offers_nothing(
    desk: Desk, talk: str
) -> None:
    unseen = replace(desk, directory=replace(desk.directory, approved=False))
    assert offering.choice(unseen, "KH") == offering.Choice((), ())
    with pytest.raises(NotFound):
        offering.offer(unseen, talk, DARA, "clinic", country="KH")


def test_only_whoever_has_the_conversation_offers(desk: Desk, talk: str) -> None:
    with pytest.raises(Conflict):
        offering.offer(desk, talk, SOKHA, "clinic", country="KH")
    offering.offer(desk, talk, DARA, "clinic", country="KH")
    (found,) = offers(desk, talk)
    with pytest.raises(Conflict):
        offering.step(desk, talk, SOKHA, found.id, "accepted")
    with pytest.raises(Conflict):
        offering.step(desk, talk, DARA, found.id, "closed", "in_touch")  # nobody accepted
    with pytest.raises(NotFound):
        offering.step(desk, talk, DARA, "rf_none", "accepted")


def test_s22_a_coordinator_sees_what_was_addressed_to_them_and_nothing_else(
    world: World, desk: Desk, talk: str
) -> None:
    with pytest.raises(NotFound):
        offering.offer(desk, talk, DARA, "clinic", country="KH", province="01")
    accounts.add(desk.engine, desk.clock, "chan", ["coordinator"], "01", by="tests")
    with transaction(desk.engine) as connection:
        connection.execute(STAFF.update().values(password_hash="x"))
    offering.offer(desk, talk, DARA, "clinic", country="KH", province="01")
    (found,) = offers(desk, talk)
    see = lambda province: offering.addressed(desk, desk.engine, province, "chan")  # noqa: E731
    assert see("01") == ()  # not accepted yet
    offering.step(desk, talk, DARA, found.id, "accepted")
    offering.step(desk, talk, DARA, found.id, "handed")
    assert see("02") == ()
    (mine,) = see("01")
    assert talk not in repr(mine)
    assert number(1) not in repr(mine)
    with pytest.raises(NotFound):
        offering.coordinate(desk, found.id, "02", "chan", "acknowledged")
    with pytest.raises(NotFound):
        offering.coordinate(desk, found.id, "01", "chan", "declined")
    offering.coordinate(desk, found.id, "01", "chan", "acknowledged")
    assert offers(desk, talk)[0].state == "acknowledged"
    assert ("chan", "saw referrals") in [(r.by, r.action) for r in world.all(queries.AUDIT)]


@given(st.sampled_from(Stage), st.sampled_from(Stage))
def test_a_referral_never_goes_back(before: Stage, after: Stage) -> None:
    order = list(Stage)
    if may_move(before, after):
        assert order.index(after) > order.index(before)
    assert set(MOVES) == set(Stage)


@given(st.booleans(), st.sets(st.sampled_from(["clinic", "police", "emb"])), st.times())
def test_s29_an_official_service_is_never_the_only_one_that_was_offered(
    chosen: bool, offered: set[str], at: time
) -> None:
    now = datetime.combine(NOON.date(), at, UTC)
    everything = (CLINIC, POLICE, EMBASSY)
    for official in (POLICE, EMBASSY):
        why = refused_because(
            official, country="KH", now=now, chosen=chosen, others=everything, offered=offered
        )
        assert (why is None) == (chosen and "clinic" in offered)
        alone = refused_because(
            official, country="KH", now=now, chosen=True, others=(POLICE,), offered=()
        )
        assert alone is None  # nothing else is there: our own call-back is the other door
    assert [item.id for item in on_offer(everything, country="KH", now=now)[0]] == ["clinic"]


def test_s15_a_child_is_offered_what_is_there_for_children_first(desk: Desk) -> None:
    for_children = service("children", "child_protection", category="child")
    desk = replace(desk, directory=Directory((CLINIC, for_children), "x", approved=True))
    assert offering.choice(desk, "KH").free == (CLINIC, for_children)
    assert offering.choice(desk, "KH", child=True).free == (for_children, CLINIC)
