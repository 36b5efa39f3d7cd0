"""`outreach hotline`: a conversation is sealed from the command line, without its number there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli.hotline import app
from outreach.kernel.sealing import new_keys
from outreach.settings import load_settings
from tests.world import number


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh database and keys in the settings."""
    monkeypatch.setenv("OUTREACH_DATABASE_URL", f"sqlite:///{tmp_path / 'o.sqlite'}")
    monkeypatch.setenv("OUTREACH_SECRET_KEYS", new_keys())
    monkeypatch.setenv("OUTREACH_HELP_KEYS", new_keys())
    migrate(load_settings())


def test_s23_a_number_is_read_from_standard_input_and_never_printed(installed: None) -> None:
    found = CliRunner().invoke(
        app, ["seal", "-", "--reason", "the phone was taken", "--json"], input=f"{number(1)}\n"
    )
    assert found.exit_code == 0, found.output
    assert json.loads(found.output) == {
        "texts": 0, "answers": 0, "calls": 0, "conversation": False
    }  # fmt: skip
    assert number(1) not in found.output


def test_s18_a_number_that_is_piped_in_is_not_taken_for_the_reason(installed: None) -> None:
    found = CliRunner().invoke(app, ["seal", "-"], input=f"{number(1)}\n{number(2)}\n")
    assert found.exit_code == 2
    assert "Missing option" in found.output
    assert "Emptied" not in found.output


def test_s31_the_digest_of_what_workers_say_is_named_for_approval() -> None:
    found = CliRunner().invoke(app, ["phrases", "--json"])
    told = json.loads(found.output)
    assert (len(told["digest"]), told["approved"]) == (64, False)
