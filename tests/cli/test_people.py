"""`outreach people`: what staff record of one person, from the first no to a number that changed
hands; and an export whose time is over."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from outreach.bootstrap import open_register
from outreach.cli import communities, people
from outreach.kernel.errors import Conflict, NotFound, OutreachError
from outreach.people.exports.queries import EXPORTS
from outreach.people.rules.export import APPROVAL_LASTS, REQUEST_LASTS
from outreach.settings import load_settings
from outreach.store.engine import transaction
from tests.cli.conftest import Say

NUMBER, OTHER = "038 123 4567", "038 123 4568"
WHY = ("--reason", "She told us")
YES = ("--how", "asked at the market", "--wording", "v1")


def consent(say: Say, number: str = NUMBER) -> str:
    shown = json.loads(say(people.app, "show", number, *WHY, "--json"))
    return str(shown["person"]["consent"]) if shown["registered"] else "unknown"


@pytest.fixture
def anna(say: Say) -> None:
    """Somebody who said yes."""
    say(people.app, "add", NUMBER, *YES, "--set", "sex=female")


def test_s14_a_stop_told_to_staff_holds_until_they_undo_it(say: Say, anna: None) -> None:
    assert "nothing is sent" in say(people.app, "stop", "-", *WHY, given=f"{NUMBER}\n")
    assert consent(say) == "opted_out"
    assert "undone" in say(people.app, "restart", NUMBER, "--wording", "v1", *WHY)
    assert consent(say) == "consented"


def test_whoever_says_no_is_declined(say: Say, anna: None) -> None:
    assert "Declined" in say(people.app, "decline", NUMBER, *WHY)
    assert consent(say) == "declined"


def test_s16_not_me_ends_all_that_we_had(say: Say, anna: None) -> None:
    say(people.app, "safe", "set", NUMBER, *WHY, "--channel", "voice")
    assert json.loads(say(people.app, "not-me", NUMBER, *WHY, "--json")) == {"lapsed": True}
    shown = json.loads(say(people.app, "show", NUMBER, *WHY, "--json"))
    assert (shown["person"]["consent"], shown["person"]["sex"]) == ("lapsed", "not_asked")
    assert not shown["safe_contact"]


def test_s5_safe_contact_is_set_shown_and_deleted(say: Say, anna: None) -> None:
    hours = ("--hours", "18:30-21:00", "--days", "sat,sun", "--cover", "-")
    said = say(people.app, "safe", "set", NUMBER, *WHY, *hours, given="rice\n")
    assert "to be asked again in 90 days" in said
    shown = say(people.app, "safe", "show", NUMBER, *WHY)
    assert "hours: 18:30-21:00" in shown
    assert say(people.app, "safe", "due") == "Nobody is to be asked again.\n"
    assert say(people.app, "safe", "clear", NUMBER, *WHY) == "Deleted.\n"
    assert say(people.app, "safe", "clear", NUMBER, *WHY) == "Nothing was set.\n"
    assert say(people.app, "safe", "show", NUMBER, *WHY) == "Nothing is set.\n"


def test_two_numbers_of_one_person_are_linked_and_parted(say: Say, anna: None) -> None:
    say(people.app, "add", OTHER, *YES)
    assert say(people.app, "link", NUMBER, OTHER, *WHY) == "One person with 2 numbers.\n"
    shown = say(people.app, "show", NUMBER, *WHY)
    assert "linked numbers" in shown
    assert "4568" not in shown
    assert "its own" in say(people.app, "unlink", NUMBER, *WHY)
    assert "linked numbers" not in say(people.app, "show", NUMBER, *WHY)


@pytest.mark.parametrize(
    "command",
    [
        ("not-me", NUMBER),
        ("unlink", NUMBER),
        ("link", NUMBER, OTHER),
        ("safe", "set", NUMBER),
        ("safe", "clear", NUMBER),
        ("correct", NUMBER, "--set", "sex=male"),
    ],
)
def test_a_stranger_is_told_without_the_number(say: Say, command: tuple[str, ...]) -> None:
    with pytest.raises(OutreachError) as told:
        say(people.app, *command, *WHY)
    assert isinstance(told.value, NotFound)
    assert "4567" not in str(told.value)


@pytest.mark.parametrize(("step", "after"), [("approve", REQUEST_LASTS), ("write", APPROVAL_LASTS)])
def test_s22_an_export_whose_time_is_over_is_no_more(
    say: Say, anna: None, monkeypatch: pytest.MonkeyPatch, step: str, after: timedelta
) -> None:
    place = ("--kind", "port", "--country", "TH", "--name-km", "កំពង់ផែ", "--name-en", "Pier")
    code = json.loads(say(communities.app, "add", *place, "--json"))["join_code"]
    asked = say(people.app, "export", "request", "--community", code, *WHY, "--json")
    name = json.loads(asked)["public_id"]
    monkeypatch.setenv("LOGNAME", "sok")
    arguments = ("export", step, name, *(WHY if step == "approve" else ("out.csv",)))
    if step == "write":
        say(people.app, "export", "approve", name, *WHY)
        monkeypatch.setenv("LOGNAME", "dara")
    age(after)
    with pytest.raises(Conflict, match="is over"):
        say(people.app, *arguments)


def age(by: timedelta) -> None:
    """Lets so much time pass for every export."""
    opened = open_register(load_settings())
    with transaction(opened.engine) as connection:
        row = connection.execute(EXPORTS.select()).one()
        connection.execute(EXPORTS.update().values(expires_at=row.expires_at - by))
    opened.engine.dispose()
