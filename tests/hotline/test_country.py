"""Which line an answer names: by the country that the person says they are in, verified, open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.content.directory import Directory
from outreach.content.rules.hours import read_hours
from outreach.content.rules.services import Service
from outreach.gateways.ports import Inbound
from outreach.hotline.desk import Desk
from outreach.hotline.inbound import receive
from outreach.kernel.clock import FixedClock
from tests.world import World, number

OURS = "+855380000001"
LINE = "85538990000"
PLACE = {"TH": "1", "MY": "2", "VN": "3", "KH": "4", None: "8"}


def desk_with(world: World, *, approved: bool = True, **changes: object) -> Desk:
    """The hotline with one fictional line for people in Thailand, verified a week ago."""
    today = world.runtime.clock.now().date()
    service = Service(
        id="line",
        country="TH",
        number=LINE,
        name="police rescue",  # never printed
        category="wages",
        languages=("km",),
        hours=read_hours("mon-fri 08:00-17:00") or (),
        zone="Asia/Bangkok",
        cost="free",
        records_calls="no",
        authority="none",
        reachable_from=("TH", "VN", "MY"),
        verified_on=today - timedelta(days=7),
        expires_on=today + timedelta(days=7),
        enabled=True,
    )
    directory = Directory((replace(service, **changes),), "", approved)  # type: ignore[arg-type]
    return replace(world.runtime.desk, directory=directory)


def say(world: World, desk: Desk, who: str, *bodies: str) -> str:
    """What `who` got last."""
    for body in bodies:
        world.sids += 1
        receive(desk, [Inbound(f"SM{world.sids}", who, OURS, body)])
    world.send()
    return world.got(who)[-1]


def in_(country: str | None) -> tuple[str, ...]:
    """The texts by which somebody says where they are."""
    return "8", PLACE[country], "8", "8"


def test_s33_somebody_in_the_country_is_named_the_line_that_is_open(world: World) -> None:
    desk = desk_with(world)
    answer = say(world, desk, number(1), *in_("TH"), "ការងារ")
    assert answer.startswith(desk.replies.text("JOB", "km"))
    assert answer.endswith(LINE)
    assert "rescue" not in answer


def test_s2_help_gets_the_same_line_as_work_byte_for_byte(world: World) -> None:
    desk = desk_with(world)
    words = ("ការងារ", "ជួយ", "គេវាយខ្ញុំ", "បំណុល", "ជម្រក", "ប៉ូលិស", "មេធាវី")
    said = {say(world, desk, number(n), *in_("TH"), word) for n, word in enumerate(words)}
    assert len(said) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here depends on it
@pytest.mark.parametrize(
    ("country", "changes"),
    [
        (None, {}),  # country unknown: we call
        ("KH", {}),  # not reachable from there
        ("MY", {}),  # its operators block numbers in texts
        ("TH", {"enabled": False}),
        ("TH", {"verified_on": None}),
        ("TH", {"authority": "police"}),  # S29
        ("TH", {"authority": "immigration"}),
        ("TH", {"category": "shelter"}),
        ("TH", {"approved": False}),  # S31
        ("TH", {"hours": read_hours("sat 08:00-17:00")}),
    ],
)
def test_s33_otherwise_no_number_is_named_and_we_call(
    world: World, country: str | None, changes: dict[str, object]
) -> None:
    desk = desk_with(world, **changes)  # type: ignore[arg-type]
    answer = say(world, desk, number(1), *in_(country), "ជួយ")
    assert answer == desk.replies.text("JOB", "km")


def test_s33_a_line_is_given_until_it_expires_and_never_after(
    world: World, clock: FixedClock
) -> None:
    desk = desk_with(world, hours=read_hours("always"))
    assert say(world, desk, number(1), *in_("TH"), "ជួយ").endswith(LINE)
    clock.advance(timedelta(days=7))
    assert say(world, desk, number(1), "ជួយ") == desk.replies.text("JOB", "km")


@pytest.mark.parametrize("records", ["yes", "unknown"])
def test_s11_who_may_be_recorded_is_told(world: World, records: str) -> None:
    desk = desk_with(world, records_calls=records)
    answer = say(world, desk, number(1), *in_("VN"), "ជួយ")
    assert answer.endswith(desk.replies.text("RECORDED", "km"))


def test_s33_as_shipped_no_line_is_named_to_anybody(world: World) -> None:
    desk = world.runtime.desk
    for n, country in enumerate(PLACE):
        assert say(world, desk, number(n), *in_(country), "ជួយ") == desk.replies.text("JOB", "km")
