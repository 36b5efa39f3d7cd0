"""`outreach requests`: what came in, what two people decided, what was given, who was told."""

from __future__ import annotations

import json

import pytest

from outreach.cli.requests import app
from outreach.kernel.errors import Conflict
from tests.cli.conftest import Say

CAME = (
    "--authority", "District court", "--paper", "Code art. 45", "--received", "2026-03-01",
    "--scope", "one person",
)  # fmt: skip


def test_s26_the_whole_path(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    found = json.loads(say(app, "add", *CAME, "--json"))
    name, why = found["id"], ("--reason", "as the lawyer says")
    assert "not decided (two people)" in say(app, "decide", name, "comply", *why)
    with pytest.raises(Conflict):
        say(app, "gave", name, "--given", "dates of two messages")
    monkeypatch.setenv("LOGNAME", "maly")
    assert "comply; nothing was given" in say(app, "decide", name, "comply", *why)
    say(app, "gave", name, "--given", "dates of two messages")
    assert name in say(app, "list")
    said = say(app, "told", name, "not_safe", "--reason", "somebody else holds the phone")
    assert "something was given; told: not_safe" in said
    assert "There are none." in say(app, "list")
    assert "by dara: as the lawyer says" in say(app, "show", name)
    assert [each["id"] for each in json.loads(say(app, "list", "--all", "--json"))] == [name]
