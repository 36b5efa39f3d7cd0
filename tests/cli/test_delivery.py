"""`outreach delivery`: campaigns are called as people call them."""

from __future__ import annotations

import json

import pytest

from outreach.cli import campaigns, delivery
from outreach.kernel.errors import Conflict
from outreach.settings import load_settings
from tests.cli.conftest import Say
from tests.world import SLUG

WRITTEN = f"campaign:{SLUG}"


@pytest.fixture(autouse=True)
def _loaded(say: Say, places: None) -> None:
    """The shipped campaign is loaded."""
    say(campaigns.app, "load", str(load_settings().campaigns_dir / SLUG))


def test_what_is_stopped_is_called_by_its_name(say: Say) -> None:
    assert f"Stopped: {WRITTEN}." in say(delivery.app, "stop", WRITTEN, "--reason", "a typo")
    assert f"Stopped: {WRITTEN}, since" in say(delivery.app, "status")
    assert f"Goes on: {WRITTEN}." in say(delivery.app, "continue", WRITTEN, "--reason", "mended")
    said = say(delivery.app, "history")
    assert [line.split("  ")[1].split(" by ")[0] for line in said.splitlines()] == [
        f"go {WRITTEN}",
        f"stop {WRITTEN}",
    ]
    assert all(" UTC  " in line for line in said.splitlines())


def test_scripts_get_the_switch_as_it_is_kept(say: Say) -> None:
    say(delivery.app, "stop", WRITTEN, "--reason", "a typo")
    (found,) = json.loads(say(delivery.app, "status", "--json"))["stops"]
    assert found["scope"] == "campaign:1"


def test_letting_go_on_what_is_not_stopped_is_told(say: Say) -> None:
    with pytest.raises(Conflict, match="Nothing stops it"):
        say(campaigns.app, "resume", SLUG, "--reason", "mended")
