"""A list may say to which community people belong: by code, or by its name in any spelling."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault
from outreach.people.communities import managing
from outreach.people.communities import queries as communities
from outreach.people.communities.managing import CommunityView, Details
from outreach.people.queries import CONTACTS
from outreach.people.rules.columns import guess
from outreach.people.rules.community import Communities, Known
from outreach.people.rules.reasons import Reason
from outreach.store.engine import reading, transaction
from tests.people.conftest import Importer

HEADER = "phone,community"
FACTORY = Known(1, "cm_1", "100009", "factory", "", "TH", "រោងចក្រកាត់ដេរ", "Green Garment")
COMMUNE = Known(2, "cm_2", "200002", "commune", "010202", "KH", "សំរោង", "Samraong")
OTHER = Known(3, "cm_3", "300004", "commune", "170101", "KH", "សំរោង", "Samraong")


@pytest.fixture
def commune(register: Engine, vault: Vault, clock: FixedClock) -> CommunityView:
    return managing.add(register, vault, clock, Details("commune", "010201"))


@pytest.fixture
def factory(register: Engine, vault: Vault, clock: FixedClock) -> CommunityView:
    details = Details("factory", country="TH", name_km="រោងចក្រ", name_en="Green Garment")
    return managing.add(register, vault, clock, details)


def members(engine: Engine) -> list[tuple[int, str, bool]]:
    m = communities.MEMBERSHIPS.c
    with reading(engine) as connection:
        rows = connection.execute(communities.MEMBERSHIPS.select().order_by(m.contact_id)).all()
    return [(row.contact_id, row.how, row.left_at is None) for row in rows]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("100009", FACTORY),
        ("១០០០០៩", FACTORY),
        ("cm_1", FACTORY),
        ("green  GARMENT", FACTORY),
        ("រោងចក្រ កាត់ដេរ", FACTORY),
        ("Grin Garmant", FACTORY),  # by its sound
        ("200002", COMMUNE),
        ("ឃុំសំរោង", Reason.AMBIGUOUS_COMMUNITY),
        ("Somrong", Reason.AMBIGUOUS_COMMUNITY),
        ("nowhere", Reason.NO_COMMUNITY),
        ("100005", Reason.NO_COMMUNITY),
    ],
)
def test_a_community_is_found_by_code_or_by_name_in_any_spelling(
    written: str, found: Known | Reason
) -> None:
    assert Communities([FACTORY, COMMUNE, OTHER]).find(written) == found


@pytest.mark.parametrize("header", ["Community", "join_code", "សហគមន៍", "Community Name"])
def test_the_column_is_known_by_its_names(header: str) -> None:
    assert guess(["phone", header]).at["community"] == 1


def test_people_of_a_list_belong_to_their_community_once(
    importer: Importer, register: Engine, commune: CommunityView, factory: CommunityView
) -> None:
    lines = [HEADER, f"038 123 4567,{commune.join_code}", "038 123 4568,Green Garment"]
    assert importer(lines).added == 2
    again = importer(lines)
    assert (again.updated, again.unchanged) == (0, 2)
    assert members(register) == [(1, "list", True), (2, "list", True)]


def test_a_list_that_only_adds_the_community_updates(
    importer: Importer, register: Engine, factory: CommunityView
) -> None:
    importer(["phone", "038 123 4567"])
    dry = importer([HEADER, f"038 123 4567,{factory.join_code}"], dry_run=True)
    assert (dry.updated, members(register)) == (1, [])
    assert importer([HEADER, f"038 123 4567,{factory.join_code}"]).updated == 1
    assert members(register) == [(1, "list", True)]


def test_whoever_left_is_not_brought_back_by_a_list(
    importer: Importer, register: Engine, clock: FixedClock, factory: CommunityView
) -> None:
    lines = [HEADER, "038 123 4567,Green Garment"]
    importer(lines)
    with transaction(register) as connection:
        communities.end_memberships(connection, 1, clock.now())
    assert importer(lines).unchanged == 1
    assert members(register) == [(1, "list", False)]


def test_what_the_community_says_counts_only_where_nothing_else_is_known(
    importer: Importer, register: Engine, commune: CommunityView, factory: CommunityView
) -> None:
    importer(["phone,commune", "038 123 4567,010202"])
    code = commune.join_code
    importer([HEADER, f"038 123 4567,{code}", f"038 123 4568,{code}", "038 123 4569,Green Garment"])
    with reading(register) as connection:
        rows = connection.execute(CONTACTS.select().order_by(CONTACTS.c.id)).all()
    told = [(row.commune, row.destination) for row in rows]
    assert told == [("010202", "not_asked"), ("010201", "not_asked"), ("not_asked", "TH")]


def test_an_unknown_community_rejects_the_row_with_a_reason_in_both_languages(
    importer: Importer, register: Engine, factory: CommunityView
) -> None:
    report = importer([HEADER, "038 123 4567,nowhere", "038 123 4568,"])
    assert (report.rejected, report.added) == (1, 1)
    assert report.reasons == {Reason.NO_COMMUNITY.en: 1}
    assert report.rejects_path is not None
    kept = report.rejects_path.read_text(encoding="utf-8-sig")
    assert Reason.NO_COMMUNITY.km in kept
    assert members(register) == []


def test_a_community_that_is_archived_takes_nobody(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock, factory: CommunityView
) -> None:
    managing.archive(register, vault, clock, factory.join_code)
    assert importer([HEADER, f"038 123 4567,{factory.join_code}"]).rejected == 1


def test_s13_belonging_to_a_community_by_a_list_is_no_consent(
    importer: Importer, register: Engine, factory: CommunityView
) -> None:
    assert importer([HEADER, "038 123 4567,Green Garment"]).listed == 1
