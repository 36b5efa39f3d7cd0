"""`outreach communities`: a factory is registered, found, changed, joined and archived."""

from __future__ import annotations

import json
from typing import Any

import pytest

from outreach.cli import communities, people
from outreach.kernel.errors import BadInput, Conflict, NotFound
from tests.cli.conftest import Say

FACTORY = ("--kind", "factory", "--country", "TH", "--name-km", "រោងចក្រ", "--name-en", "Green")
NUMBER = "038 123 4567"
FOCAL = "038 123 4599"


def told(say: Say, *arguments: str, given: str = "") -> Any:
    return json.loads(say(communities.app, *arguments, "--json", given=given))


@pytest.fixture
def code(say: Say) -> str:
    """The join code of a factory with a focal person."""
    focal = ("--focal", "-", "--role", "line leader")
    return str(told(say, "add", *FACTORY, *focal, given=f"{FOCAL}\n")["join_code"])


def test_a_community_is_shown_with_its_code_and_without_the_focal_number(
    say: Say, code: str
) -> None:
    shown = say(communities.app, "show", code)
    assert "kind: factory" in shown
    assert "focal role: line leader" in shown
    assert "members: none" in shown
    assert "4599" not in shown
    assert told(say, "show", code)["name_en"] == "Green"


def test_s18_no_command_shows_the_focal_number(say: Say, code: str) -> None:
    for command in (("list",), ("list", "--json"), ("show", code), ("show", code, "--json")):
        assert "1234599" not in say(communities.app, *command).replace(" ", "")


def test_communities_are_listed_by_kind(say: Say, code: str) -> None:
    assert code in say(communities.app, "list", "--kind", "factory")
    assert say(communities.app, "list", "--kind", "port") == "There are none.\n"


def test_what_is_given_changes_and_the_rest_stays(say: Say, code: str) -> None:
    changed = told(say, "edit", code, "--name-en", "Blue", "--language", "th")
    assert (changed["name_en"], changed["language"]) == ("Blue", "th")
    assert (changed["name_km"], changed["focal_role"]) == ("រោងចក្រ", "line leader")
    with pytest.raises(BadInput, match="Nothing is given"):
        say(communities.app, "edit", code)


def test_s12_whoever_says_yes_to_staff_joins_with_consent(say: Say, code: str) -> None:
    yes = ("--how", "asked at the gate", "--wording", "v1")
    assert say(communities.app, "join", code, "-", *yes, given=f"{NUMBER}\n") == (
        "Joined, with consent.\n"
    )
    assert told(say, "show", code)["members"] == {"consented": 1}
    held = say(people.app, "show", NUMBER, "--reason", "She asks")
    assert "how asked at the gate" in held
    assert "how staff" in held


def test_s1_a_poster_says_ordinary_words(say: Say, code: str) -> None:
    poster = say(communities.app, "poster", code, "--language", "en")
    assert f"JOIN {code}" in poster
    assert "parts as an SMS" in poster
    with pytest.raises(BadInput):
        say(communities.app, "poster", code, "--language", "xx")


def test_an_archived_community_is_joined_by_nobody(say: Say, code: str) -> None:
    assert told(say, "archive", code)["archived_at"]
    assert say(communities.app, "list") == "There are none.\n"
    assert "archived" in say(communities.app, "list", "--archived")
    with pytest.raises(Conflict):
        say(communities.app, "archive", code)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "--kind", "castle"), BadInput),
        (("add", *FACTORY[:4]), BadInput),
        (("add", *FACTORY, "--focal", FOCAL), BadInput),  # a number without a role
        (("add", *FACTORY, "--wording", "v999"), NotFound),
        (("show", "000000"), NotFound),
        (("archive", "000000"), NotFound),
    ],
)
def test_what_is_wrong_is_told(say: Say, arguments: tuple[str, ...], error: type) -> None:
    with pytest.raises(error):
        say(communities.app, *arguments)


def test_a_place_is_found_in_any_spelling(say: Say, places: None) -> None:
    found = told(say, "add", "--kind", "province", "--place", "kompong cham")
    assert (found["place"], found["name_en"]) == ("03", "Kampong Cham")
    assert found["join_code"] in say(communities.app, "list", "--place", "03")
    with pytest.raises(BadInput, match="S17"):
        say(communities.app, "add", "--kind", "village", "--place", "01020101")
