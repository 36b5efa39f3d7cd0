"""S13: whoever is only listed gets one neutral invitation, ever; then silence until they answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from outreach.content.campaign import load
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput
from outreach.people import contacts
from outreach.people import queries as people
from outreach.planning.rules.purpose import admits
from outreach.store.engine import reading
from tests.world import SLUG, World

ONCE = {"limit": 1, "hours": [8, 18], "days_between": 0, "other_channel": False}
STATES = ("listed", "invited", "consented", "declined", "opted_out", "lapsed", "forgotten")


def invite(world: World, slug: str = "invite") -> None:
    world.fire(slug=slug, purpose="invitation", retry=ONCE)
    world.send()


def consent(world: World, who: str) -> str | None:
    with reading(world.runtime.engine) as connection:
        found = contacts.find_by_number(connection, world.runtime.desk.vault, who)
    return found.consent if found else None


@pytest.mark.parametrize("state", STATES)
def test_s13_an_invitation_goes_to_who_is_listed_and_a_campaign_to_who_consented(
    world: World, state: str
) -> None:
    anna = world.enrol(1, consent=state)
    invite(world)
    assert len(world.got(anna)) == (state == "listed")
    world.fire()
    world.send()
    assert len(world.got(anna)) == (state in ("listed", "consented"))


def test_s13_an_invitation_is_one_ever_whatever_is_fired_again(
    world: World, clock: FixedClock
) -> None:
    anna = world.enrol(1, consent="listed")
    for slug in ("invite", "invite", "another"):
        invite(world, slug)
        clock.advance(timedelta(days=30))
    assert len(world.got(anna)) == 1
    assert consent(world, anna) == "invited"
    (event,) = world.all(people.EVENTS)
    assert (event.before, event.after, event.source) == ("listed", "invited", "campaign")


def test_s13_two_invitations_at_once_are_one(world: World) -> None:
    anna = world.enrol(1, consent="listed")
    world.fire(slug="one", purpose="invitation", retry=ONCE)
    world.fire(slug="two", purpose="invitation", retry=ONCE)
    world.send()
    assert len(world.got(anna)) == 1
    states = [row.state for row in world.all(world.runtime.lanes[1].deliveries)]
    assert sorted(states) == ["suppressed", "trying"]


def test_s13_who_answers_the_invitation_gets_campaigns(world: World) -> None:
    anna, ben = world.enrol(1, consent="listed"), world.enrol(2, consent="listed")
    invite(world)
    world.text(anna, "START")
    world.send()
    before = len(world.got(anna))
    world.fire()
    world.send()
    assert (len(world.got(anna)), len(world.got(ben))) == (before + 1, 1)


def test_s13_an_invitation_that_the_gateway_did_not_take_may_still_leave() -> None:
    assert admits("invitation", "invited", begun=True)
    assert not admits("invitation", "invited", begun=False)
    assert not admits("campaign", "invited", begun=True)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("audience:", "purpose: party\naudience:", "no purpose 'party'"),
        ("audience:", "purpose: invitation\naudience:", "once \\(S13\\)"),
    ],
)
def test_s13_an_invitation_with_retries_is_refused(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    shipped = Path(__file__).resolve().parents[2] / "campaigns" / SLUG
    folder = tmp_path / SLUG
    (folder / "texts").mkdir(parents=True)
    for text in (shipped / "texts").glob("*.txt"):
        (folder / "texts" / text.name).write_bytes(text.read_bytes())
    written = (shipped / "campaign.yaml").read_text(encoding="utf-8")
    (folder / "campaign.yaml").write_text(written.replace(before, after), encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        load(folder, {})
