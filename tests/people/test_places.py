"""The gazetteer that comes with the product."""

from __future__ import annotations

import time

from sqlalchemy import Engine

from outreach.people.places import gazetteer, load_places
from outreach.people.rules.reasons import Reason


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
