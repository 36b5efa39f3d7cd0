"""`outreach reach publish`, `link`, `key`, `mail`: as staff call them, on a real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli.reach import app
from outreach.kernel.errors import BadInput, Refused
from outreach.kernel.sealing import new_keys
from outreach.settings import load_settings
from tests.reach.test_publishing import reach

Run = Callable[..., str]
WHY = ("--reason", "the board asked for it")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Calls a command on a database in which forty people were reached in March."""
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite'}",
        "SECRET_KEYS": new_keys(),
        "HELP_KEYS": new_keys(),
        "TWILIO_BASE_URL": "https://api.example.org",
        "PUBLIC_URL": "https://x.example",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"OUTREACH_{name}", value)
    engine = migrate(load_settings())
    reach(engine, datetime(2026, 3, 5, tzinfo=UTC), range(1, 41))
    reach(engine, datetime(2026, 4, 2, tzinfo=UTC), range(1, 3))
    engine.dispose()

    def call(*arguments: str, given: str = "") -> str:
        done = CliRunner().invoke(app, arguments, input=given)
        if done.exception:
            raise done.exception
        return done.stdout.strip()

    return call


def test_a_month_is_published_and_opened_by_a_link(run: Run) -> None:
    made: dict[str, Any] = json.loads(run("publish", "--period", "2026-03", *WHY, "--json"))
    assert (made["period"], made["edition"]) == ("2026-03", 1)
    assert made["public_id"] in run("published")
    address = run("link", "2026-03", "--name", "The fund", *WHY)
    assert address.startswith("https://x.example/r/")
    listed = run("links")
    assert "2026-03 for The fund" in listed
    assert address.rstrip("/").rpartition("/")[2] not in listed
    assert run("revoke", listed.partition(":")[0], *WHY) == "The link has ended."
    assert "revoked" in run("links")
    assert run("revoke", "--all", *WHY) == "0 links ended."


def test_a_document_is_written_as_published_or_as_a_draft(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    asked = ("report", "--period", "2026-03", "--format", "json", "-o", str(path))
    assert "draft" in run(*asked)
    assert json.loads(path.read_text())["draft"] is True
    run("publish", "--period", "2026-03", *WHY)
    assert "as published" in run(*asked, "--lang", "en")
    assert json.loads(path.read_text())["draft"] is False


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("publish", *WHY), Refused),  # all to date, with a live gateway
        (("report", "--format", "pdf", "-o", "x.pdf"), Refused),
        (("report", "--format", "pdf"), BadInput),
        (("report", "--period", "2026-03", "--format", "doc", "-o", "x"), BadInput),
        (("report", "--period", "2026-03", "--format", "pdf", "--lang", "fr", "-o", "x"), BadInput),
        (("revoke", *WHY), BadInput),
    ],
)
def test_what_can_not_be_done_says_why(
    run: Run, arguments: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        run(*arguments)


def test_keys_are_made_listed_and_ended(run: Run) -> None:
    key = run("key", "--name", "researcher", *WHY)
    assert key.startswith("outreach_")
    assert run("keys").startswith("researcher: until ")
    assert key not in run("keys")
    run("revoke-key", "researcher", *WHY)
    assert run("keys").endswith("revoked")


def test_readers_are_subscribed_listed_and_ended(run: Run) -> None:
    said = run("mail", "add", "--name", "The fund", *WHY, given="reader@example.org\n")
    name = said.partition(":")[0]
    listed = run("mail", "list")
    assert listed.startswith(f"{name}: The fund")
    assert "reader@" not in listed
    assert run("mail", "sent") == "Nothing yet."
    assert run("mail", "end", name, *WHY) == "Ended."
    assert run("mail", "list") == "Nobody."
