"""The data-protection page names whoever sees anything (S21), and the commands that it leads to."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command

from outreach.gateways.registry import GATEWAYS
from outreach.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data-protection.md").read_text("utf-8")
SEEN_BY = PAGE.split("## Who else sees something (S21)\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", [name for name in GATEWAYS if name != "memory"])
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


def test_s24_s26_s35_the_page_leads_to_commands_that_there_are() -> None:
    told = re.findall(r"`outreach (hotline|harm|people|requests) ([a-z]+)", PAGE)
    assert {group for group, _ in told} == {"hotline", "harm", "people", "requests"}
    for group, command in told:
        app = import_module(f"outreach.cli.{group}").app
        assert command in get_command(app).commands  # type: ignore[attr-defined]


def test_the_readme_leads_to_the_page() -> None:
    assert "docs/data-protection.md" in (ROOT / "README.md").read_text("utf-8")
