"""Communities: any node of the gazetteer or a group, its join code, and who may join how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound, OutreachError
from outreach.kernel.sealing import Vault
from outreach.language.match import match
from outreach.people.communities import managing, queries
from outreach.people.communities.focal import Focal
from outreach.people.communities.managing import CommunityView, Details
from outreach.people.rules.join_code import LENGTH, new_code, read_code
from outreach.store.engine import reading

COMMUNE = Details("commune", "010201")
FACTORY = Details("factory", "17", name_km="រោងចក្រ", name_en="Factory", population=900)
OUR_NUMBER = "+855380000001"
CHIEF = Focal("village chief", "+855381230001")


class Office:
    """The use cases with everything but their own arguments filled in."""

    def __init__(self, engine: Engine, vault: Vault, clock: FixedClock) -> None:
        self.parts = (engine, vault, clock)

    def add(self, details: Details, **more: Any) -> CommunityView:
        return managing.add(*self.parts, replace(details, **more))

    def change(self, name: str, **values: Any) -> CommunityView:
        return managing.change(*self.parts, name, values)

    def search(self, **what: Any) -> list[str]:
        return [view.name_en for view in managing.search(*self.parts[:2], **what)]


@pytest.fixture
def office(register: Engine, vault: Vault, clock: FixedClock) -> Office:
    return Office(register, vault, clock)


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("province", "សៀមរាប", "17"),
        ("province", "Siem Reap province", "17"),
        ("district", "mongkol borey", "0102"),
        ("commune", "010201", "010201"),
        ("commune", "បន្ទាយនាង", "010201"),
        ("commune", "Samraong, Siem Reap", "170101"),
    ],
)
def test_a_place_is_found_by_code_and_by_name_in_any_spelling(
    office: Office, kind: str, written: str, code: str
) -> None:
    found = office.add(Details(kind, written))
    assert (found.place, bool(found.name_km), bool(found.name_en)) == (code, True, True)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "hamlet"}, "--kind"),
        ({"place": "Atlantis"}, "--place"),
        ({"place": "Samraong"}, "Several places"),
        ({"place": ""}, "--place"),
        ({"language": "fr"}, "--language"),
        ({"country": "Atlantis"}, "--country"),
        ({"population": 0}, "--population"),
        ({"name_en": "call 038 123 4567"}, "--name-en"),
        ({"join_number": "12"}, "--join-number"),
        ({"focal": Focal("Sok, 038 123 4567", "0381234567")}, "--role"),
        ({"focal": Focal("chief", "one")}, "--focal"),
        ({"kind": "factory"}, "--name-km"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    office: Office, change: dict[str, Any], where: str
) -> None:
    with pytest.raises(BadInput, match=where):
        office.add(COMMUNE, **change)
    assert office.search() == []


@pytest.mark.parametrize("population", [None, 49])
def test_s17_a_village_of_fewer_than_fifty_is_not_registered(
    office: Office, population: int | None
) -> None:
    with pytest.raises(BadInput, match="S17"):
        office.add(Details("village", "01020101", population=population))


def test_s17_a_village_of_fifty_is(office: Office) -> None:
    assert office.add(Details("village", "01020101", population=50)).place == "01020101"


def test_a_place_is_registered_once_and_a_factory_in_it_beside(office: Office) -> None:
    known = office.add(COMMUNE)
    with pytest.raises(Conflict, match=known.join_code):
        office.add(COMMUNE)
    office.add(FACTORY, place="010201")
    office.add(FACTORY, place="010201", name_en="Another")
    assert office.search(place="Banteay Meanchey") == ["Banteay Neang", "Factory", "Another"]
    assert office.search(kind="factory", place="0102") == ["Factory", "Another"]
    assert office.search(place="17") == []


def test_s17_s18_the_focal_persons_number_is_sealed_and_shown_masked(
    office: Office, register: Engine
) -> None:
    view = office.add(COMMUNE, focal=CHIEF)
    assert (view.focal_role, view.focal_masked) == ("village chief", "+855•••••••01")
    with reading(register) as connection:
        (row,) = connection.execute(queries.COMMUNITIES.select()).all()
    assert b"381230001" not in row.focal_sealed
    assert "381230001" not in repr(CHIEF) + repr(view)


def test_what_is_changed_changes_and_the_rest_stays(office: Office) -> None:
    view = office.add(FACTORY, focal=CHIEF, join_number=OUR_NUMBER)
    changed = office.change(view.join_code, name_en="Mill", population=1_000)
    assert (changed.name_en, changed.population) == ("Mill", 1_000)
    assert (changed.focal_masked, changed.join_number) == (view.focal_masked, OUR_NUMBER)
    with pytest.raises(BadInput, match="--population"):
        office.change(view.join_code, population=-3)
    with pytest.raises(NotFound):
        office.change("123456", population=3)


def test_one_number_joins_one_community(office: Office) -> None:
    first = office.add(COMMUNE, join_number=OUR_NUMBER)
    with pytest.raises(Conflict, match=first.join_code):
        office.add(FACTORY, join_number=OUR_NUMBER)
    office.change(first.join_code, join_number=OUR_NUMBER)
    managing.archive(*office.parts, first.join_code)
    assert office.add(FACTORY, join_number=OUR_NUMBER).join_number == OUR_NUMBER


def test_an_archived_community_is_listed_only_when_asked_for(office: Office) -> None:
    view = office.add(COMMUNE)
    assert managing.archive(*office.parts, view.public_id).archived_at is not None
    assert (office.search(), office.search(archived=True)) == ([], ["Banteay Neang"])
    with pytest.raises(Conflict):
        managing.archive(*office.parts, view.join_code)
    assert office.add(COMMUNE).join_code != view.join_code


@given(st.integers(0, LENGTH - 1), st.sampled_from("0123456789"))
def test_one_wrong_digit_never_makes_another_code(at: int, digit: str) -> None:
    code = new_code()
    wrong = code[:at] + digit + code[at + 1 :]
    assert (read_code(wrong) == wrong) is (wrong == code)


@given(st.integers(0, LENGTH - 2))
def test_two_neighbours_swapped_never_make_another_code(at: int) -> None:
    code = new_code()
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (read_code(swapped) == swapped) is (swapped == code)


@pytest.mark.parametrize("written", ["", "1", "12345a", "1234567", "abcdef", "-12345"])
def test_what_is_no_code_is_none(written: str) -> None:
    assert read_code(written) is None


@pytest.mark.parametrize("before", ["JOIN", "join ", "ចុះឈ្មោះ", "สมัคร", "Đăng ký"])
def test_a_code_is_understood_with_the_word_of_every_language(before: str) -> None:
    code = new_code()
    khmer = code.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    for typed in (code, khmer):
        understood = match(f"{before} {typed}")
        assert (understood.intent, read_code(understood.code or "")) == ("START", code)


def test_codes_do_not_follow_one_another(office: Office) -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(code[0] != "0" for code in codes)


def test_errors_of_communities_name_no_number(office: Office) -> None:
    with pytest.raises(OutreachError) as error:
        office.add(COMMUNE, focal=Focal("chief", "038 123 45"))
    assert "38" not in str(error.value)
