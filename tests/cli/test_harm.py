"""`outreach harm`: a report and two looks, by whoever sits at the command line."""

from __future__ import annotations

import json

import pytest

from outreach.cli import campaigns
from outreach.cli.harm import app
from outreach.kernel.errors import BadInput, Refused
from outreach.settings import load_settings
from tests.cli.conftest import Say
from tests.world import SLUG


@pytest.fixture
def loaded(say: Say, places: None) -> None:
    """The shipped campaign is loaded."""
    folder = load_settings().campaigns_dir / SLUG
    say(campaigns.app, "load", str(folder))


def test_s35_automatic_answers_are_stopped_by_name(say: Say) -> None:
    said = say(app, "report", "--answers", "--reason", "it frightened a family")
    assert "Stopped until two people looked: answers." in said
    with pytest.raises(BadInput):
        say(app, "report", "--answers", "--campaign", SLUG, "--reason", "it frightened a family")


def test_s35_a_report_is_listed_and_looked_at(
    say: Say, loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There are none." in say(app, "list")
    said = say(app, "report", "--campaign", SLUG, "--reason", "it frightened a family")
    assert f"Stopped until two people looked: campaign:{SLUG}." in said
    (found,) = json.loads(say(app, "list", "--json"))
    assert (found["by"], found["words"], found["looks"]) == ("dara", "it frightened a family", [])
    assert f"{found['id']}  campaign:{SLUG}  " in say(app, "list")
    assert "1 of 2 people" in say(app, "look", found["id"], "--reason", "read all of it")
    with pytest.raises(Refused):
        say(campaigns.app, "resume", SLUG, "--reason", "nothing wrong")
    monkeypatch.setenv("LOGNAME", "maly")
    assert "people have looked" not in say(app, "look", found["id"], "--reason", "reworded")
    say(campaigns.app, "resume", SLUG, "--reason", "nothing wrong")
    assert "There are none." in say(app, "list")
    assert found["id"] in say(app, "list", "--all")
