"""The gazetteer that comes with the product."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from outreach.people.places import gazetteer, load_places
from outreach.people.rules.gazetteer import DIGITS, Gazetteer, Node
from outreach.people.rules.reasons import Reason
from outreach.store.engine import make_engine


def test_all_25_provinces_down_to_the_village_are_loaded_and_loading_again_adds_nothing(
    database: Engine,
) -> None:
    first = load_places(database)
    assert (first.provinces, first.districts, first.communes) == (25, 210, 1661)
    assert first.villages == 14_513
    assert load_places(database) == first


def test_codes_are_found_without_their_leading_zero_and_villages_give_their_commune(
    database: Engine,
) -> None:
    load_places(database)
    places = gazetteer(database)
    assert places.find("", "10201") == ("01", "010201")
    assert places.find("", "01020101") == ("01", "010201")
    assert places.find("1", "") == ("01", "not_asked")
    assert places.find("", "999999") is Reason.NO_PLACE
    assert places.find("17", "010201") is Reason.OTHER_PROVINCE


def test_places_are_found_by_name_with_or_without_their_title(database: Engine) -> None:
    load_places(database)
    places = gazetteer(database)
    for written in ("Siemreap", "SIEM REAP", "សៀមរាប", "ខេត្តសៀមរាប", "Siem Reap Province"):
        assert places.find(written, "") == ("17", "not_asked"), written
    for written in ("Phnom Penh", "ភ្នំពេញ", "រាជធានីភ្នំពេញ", "Phnom Penh Capital"):
        assert places.find(written, "") == ("12", "not_asked"), written
    assert places.find("01", "ឃុំបន្ទាយនាង") == ("01", "010201")
    assert places.find("Banteay Meanchey", "Banteay Neang commune") == ("01", "010201")


def test_the_gazetteer_is_loaded_within_two_seconds(database: Engine) -> None:
    began = time.perf_counter()
    load_places(database)
    assert time.perf_counter() - began < 2


PROVINCES = {
    "02": ("Battambong", "Batdambang", "Bat Dambang"),
    "04": ("kompong chnang", "Kg. Chhnang"),
    "05": ("Kompong Speu", "Kampong Spueu"),
    "09": ("Kaoh Kong",),
    "10": ("Kratié", "Kracheh"),
    "12": ("Phnompenh", "Pnom Penh", "រាជធានី​ភ្នំពេញ"),
    "15": ("Pousat", "Pouthisat"),
    "16": ("Rattanakiri", "Ratanakiri"),
    "17": ("Siem Reab", "Siem-Reap", "SIEMREAP CITY", "ខេត្ត សៀមរាប"),
    "18": ("Preah Sihanouk", "Krong Preah Sihanouk", "Kampong Som"),
    "19": ("Stoeng Traeng",),
    "21": ("Takéo", "Takev"),
    "22": ("Oddar Meanchey", "Otdor Mean Chey", "Oudormeanchey", "ឧត្តរមានជ័យ"),
    "25": ("Tbong Khmum",),
}


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Gazetteer:
    """All places, to be asked: read once, for what is asked in memory."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("places") / "x.sqlite")
    engine = make_engine(f"sqlite:///{path}")
    load_places(engine)
    found = gazetteer(engine, tuple(DIGITS))
    engine.dispose()
    return found


def test_a_province_is_found_in_any_spelling_that_lists_have(everywhere: Gazetteer) -> None:
    found = {
        written: everywhere.find(written, "") for names in PROVINCES.values() for written in names
    }
    expected = {w: (code, "not_asked") for code, names in PROVINCES.items() for w in names}
    assert found == expected


@pytest.mark.parametrize(
    "written", ["Atlantis", "Bangkok", "Kampong", "Prey", "x", "Kompong Kompong"]
)
def test_what_is_no_province_is_never_made_one(everywhere: Gazetteer, written: str) -> None:
    assert everywhere.find(written, "") is Reason.NO_PLACE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("Siem Reap", "Svay Dangkum"), ("17", "171002")),  # the gazetteer has Dankum
        (("Siem Reap", "Slor Kram"), ("17", "171001")),
        (("01", "Samraong", "Ou Chrov"), ("01", "010505")),
        (("", "Samraong", "Ou Chrov"), ("01", "010505")),
        (("", "", "Ou Chrov"), ("01", "not_asked")),
        (("", "Samraong"), Reason.AMBIGUOUS_PLACE),
        (("", "Svay Dangkum"), Reason.NO_PLACE),  # of the whole country, too many sound alike
        (("01", "Svay Dankum"), Reason.OTHER_PROVINCE),
        (("171002", ""), Reason.NO_PLACE),
        (("17", "0102"), Reason.NO_PLACE),
    ],
)
def test_a_commune_is_one_or_it_is_none(
    everywhere: Gazetteer, given: tuple[str, ...], expected: object
) -> None:
    assert everywhere.find(*given) == expected


def test_every_commune_is_found_by_both_of_its_names_within_its_district(
    everywhere: Gazetteer,
) -> None:
    communes = [node for node in everywhere if node.kind == "commune"]
    missed = [
        node.code
        for node in communes
        for name in (node.name_en, node.name_km)
        if everywhere.find(node.code[:2], name, node.code[:4]) != (node.code[:2], node.code)
    ]
    # Eight communes of one district bear one name in the source.
    assert len(communes) == 1661
    assert {code[:4] for code in missed} <= {"2503", "0505"}


def test_a_search_shows_all_that_it_may_mean_and_places_within_places(
    everywhere: Gazetteer,
) -> None:
    def codes(text: str, **scope: str) -> list[str]:
        return [node.code for node in everywhere.search(text, **scope)]

    assert codes("Siem Reap")[:2] == ["17", "1710"]
    assert codes("Samraong, Siem Reap", kind="commune") == ["171109"]
    assert codes("សៀមរាប › សំរោង", kind="commune") == ["171109"]
    assert "010505" in codes("ឃុំសំរោង")
    assert codes("Poipet")[:2] == ["0110", "011002"]
    assert codes("10201") == ["010201"]
    assert codes("Svay Dangkom", within="17") == ["171002", "17100207"]
    assert codes("Atlantis") == codes("") == codes(" , ") == codes("99") == []


def test_a_place_knows_what_it_lies_in(everywhere: Gazetteer) -> None:
    path = everywhere.path("01020103")
    assert [node.kind for node in path] == ["province", "district", "commune", "village"]
    assert path[0] == Node("01", "province", "បន្ទាយមានជ័យ", "Banteay Meanchey")
