"""Two numbers of one person: linked and parted by facts that hold ids alone; S16 ends all of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.sealing import Vault
from outreach.people import queries, rights
from outreach.people.audit import Asking
from outreach.people.communities import managing
from outreach.people.communities import queries as communities
from outreach.people.communities.focal import Focal
from outreach.people.communities.managing import Details
from outreach.people.enrolling import join
from outreach.people.persons import lapsing, linking, safe
from outreach.people.persons.safe import Settings
from outreach.people.rules.row import Evidence
from outreach.store.engine import reading
from outreach.store.ledger import LEDGER
from tests.people.conftest import ANNA, HEADER, Importer

ASKED = Asking("dara", "Both are hers, she says")
NUMBERS = [f"+855 38 123 45{index}" for index in range(67, 71)]
ROWS = [f"038 123 45{index},010201,km,female,paper form,2026-02-14,v1" for index in range(67, 71)]

Act = Callable[..., Any]


@pytest.fixture
def four(importer: Importer, register: Engine) -> Engine:
    importer([HEADER, *ROWS])
    return register


@pytest.fixture
def link(four: Engine, vault: Vault, clock: FixedClock) -> Act:
    def run(one: int, other: int) -> int:
        return linking.link(four, vault, clock, NUMBERS[one], NUMBERS[other], ASKED)

    return run


@pytest.fixture
def unlink(four: Engine, vault: Vault, clock: FixedClock) -> Act:
    return lambda one: linking.unlink(four, vault, clock, NUMBERS[one], ASKED)


def rows(engine: Engine, table: Any) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(table.select().order_by(*table.primary_key)))


def persons(engine: Engine) -> list[int | None]:
    return [row.person_id for row in rows(engine, queries.CONTACTS)]


def facts(engine: Engine) -> list[tuple[str, int, str]]:
    found = [row for row in rows(engine, LEDGER) if row.kind.startswith("person.")]
    return [(row.kind.removeprefix("person."), row.contact_id, row.detail) for row in found]


def test_linked_numbers_share_a_person_and_the_ledger_knows(four: Engine, link: Act) -> None:
    assert link(0, 1) == 2
    assert persons(four) == [1, 1, None, None]
    assert facts(four) == [("linked", 1, "1"), ("linked", 2, "1")]


def test_links_join_whole_persons(four: Engine, link: Act) -> None:
    link(2, 3)
    link(1, 0)
    assert link(3, 1) == 4
    assert persons(four) == [1, 1, 1, 1]
    assert facts(four)[-4:] == [
        ("unlinked", 3, "3"), ("unlinked", 4, "3"), ("linked", 3, "1"), ("linked", 4, "1"),
    ]  # fmt: skip


def test_a_number_left_alone_is_no_link(four: Engine, link: Act, unlink: Act) -> None:
    link(0, 1)
    link(1, 2)
    unlink(0)
    assert persons(four) == [None, 1, 1, None]
    unlink(2)
    assert persons(four) == [None] * 4
    assert facts(four)[-2:] == [("unlinked", 2, "1"), ("unlinked", 3, "1")]
    with pytest.raises(Conflict):
        unlink(2)


def test_what_is_no_link_is_refused(
    four: Engine, link: Act, vault: Vault, clock: FixedClock
) -> None:
    link(0, 1)
    with pytest.raises(Conflict):
        link(1, 0)
    with pytest.raises(BadInput):
        link(1, 1)
    with pytest.raises(NotFound):
        linking.link(four, vault, clock, NUMBERS[0], "038 999 9999", ASKED)
    with pytest.raises(BadInput, match="--reason"):
        linking.link(four, vault, clock, NUMBERS[2], NUMBERS[3], Asking("dara", "-"))
    assert persons(four) == [1, 1, None, None]


def test_s18_neither_facts_nor_audit_hold_a_number(four: Engine, link: Act) -> None:
    link(0, 1)
    written = repr([*rows(four, LEDGER), *rows(four, queries.AUDIT)])
    assert "38123" not in written
    assert [row.action for row in rows(four, queries.AUDIT)] == ["link", "link"]


@pytest.fixture
def whole(four: Engine, link: Act, vault: Vault, clock: FixedClock) -> Engine:
    """The first person has settings, a second number, a community, and is a focal person."""
    link(0, 1)
    safe.put(four, vault, clock, ANNA, Settings(hours="18:00-20:00", cover="tea"), ASKED)
    focal = Focal("village chief", ANNA)
    view = managing.add(four, vault, clock, Details("commune", "010201", focal=focal))
    evidence = Evidence("asked at the office", "", "v1")
    join(four, vault, clock, view.join_code, ANNA, evidence, "dara")
    return four


def test_s24_all_that_hangs_on_a_person_is_shown(
    whole: Engine, vault: Vault, clock: FixedClock
) -> None:
    held = rights.show(whole, vault, clock, ANNA, ASKED)
    assert (held.safe["hours"], held.safe["cover"]) == ("18:00-20:00", "tea")
    assert [(c["name_en"], c["how"]) for c in held.communities] == [("Banteay Neang", "staff")]
    assert held.linked == ("+855•••••••68",)
    assert len(held.focal_of) == 1
    assert "1234567" not in repr(held)


def test_s24_all_that_hangs_on_a_person_is_forgotten(
    whole: Engine, vault: Vault, clock: FixedClock
) -> None:
    assert rights.forget(whole, vault, clock, ANNA, ASKED)
    assert persons(whole) == [None] * 4
    assert rows(whole, communities.MEMBERSHIPS) == []
    assert rows(whole, communities.COMMUNITIES)[0].focal_sealed is None
    again = rights.show(whole, vault, clock, ANNA, ASKED)
    assert (again.safe, again.communities, again.linked, again.focal_of) == ({}, (), (), ())


def test_s16_not_me_ends_consent_settings_memberships_and_links(
    whole: Engine, vault: Vault, clock: FixedClock
) -> None:
    lapsing.not_me(whole, vault, clock, ANNA, ASKED)
    held = rights.show(whole, vault, clock, ANNA, ASKED)
    assert (held.person["consent"], held.person["sex"]) == ("lapsed", "not_asked")
    assert (held.safe, held.linked, held.person["own_words"]) == ({}, (), [])
    assert held.communities[0]["left_at"] == clock.now()
    last = held.history[-1]
    assert (last["before"], last["after"], last["how"]) == ("consented", "lapsed", "not me")
    consents = [row.detail for row in rows(whole, LEDGER) if row.kind == "consent"]
    assert consents[-1] == "lapsed"


def test_s16_no_list_revives_a_number_that_changed_hands(
    importer: Importer, whole: Engine, vault: Vault, clock: FixedClock
) -> None:
    lapsing.not_me(whole, vault, clock, ANNA, ASKED)
    importer([HEADER, *ROWS])
    assert rights.show(whole, vault, clock, ANNA, ASKED).person["consent"] == "lapsed"


def test_s14_a_stop_outlives_a_change_of_hands(
    whole: Engine, vault: Vault, clock: FixedClock
) -> None:
    from outreach.people.enrolling import stop

    ask = partial(rights.show, whole, vault, clock, ANNA, ASKED)
    stop(whole, vault, clock, ANNA, ASKED)
    lapsing.not_me(whole, vault, clock, ANNA, ASKED)
    assert (ask().person["consent"], ask().stopped_at) == ("opted_out", clock.now())
    assert rows(whole, queries.CONTACTS)[1].consent == "consented"  # her other number said nothing
