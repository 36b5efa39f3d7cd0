"""The data-protection page names whoever sees anything (S21), and the commands that it leads to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.cli import harm, requests
from outreach.gateways.registry import NAMES
from outreach.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data-protection.md").read_text("utf-8")
SEEN_BY = PAGE.split("## Who else sees something (S21)\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "memory"])
def test_s21_every_gateway_that_we_speak_to_is_named(name: str) -> None:
    assert name in SEEN_BY.casefold()


@pytest.mark.parametrize(
    "name", [name for name in Settings.model_fields if name.endswith(("_url", "mail_from"))]
)
def test_s21_every_setting_that_names_another_machine_is_there(name: str) -> None:
    assert f"`OUTREACH_{name.upper()}`" in SEEN_BY


def test_s21_operators_gateway_and_e_mail_are_told_of_with_what_they_see() -> None:
    for who in ("mobile operators", "the gateway", "the mail server"):
        (row,) = [line for line in SEEN_BY.splitlines() if line.startswith(f"| **{who}**")]
        assert len([cell for cell in row.strip("|").split("|") if cell.strip()]) == 3


@pytest.mark.parametrize(("group", "app"), [("requests", requests.app), ("harm", harm.app)])
def test_s26_s35_the_page_leads_to_commands_that_there_are(group: str, app: object) -> None:
    told = set(re.findall(rf"(?<=outreach {group} )[a-z]+", PAGE))
    known = {
        command.name or command.callback.__name__
        for command in app.registered_commands  # type: ignore[attr-defined]
    }
    assert told
    assert told <= known


def test_the_readme_leads_to_the_page() -> None:
    assert "docs/data-protection.md" in (ROOT / "README.md").read_text("utf-8")
