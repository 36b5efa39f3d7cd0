"""`outreach directory`: what is given to nobody, and what must be verified soon."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from outreach.cli.directory import app
from outreach.settings import load_settings


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped services, to be changed."""
    shipped = load_settings().campaigns_dir
    shutil.copytree(shipped / "directory", tmp_path / "directory")
    monkeypatch.setenv("OUTREACH_CAMPAIGNS_DIR", str(tmp_path))
    return tmp_path / "directory" / "services.csv"


def change(path: Path, line: int, **cells: str) -> str:
    """Changes one service; returns its id."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[line].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows[line]["id"]


def check(*options: str) -> Result:
    return CliRunner().invoke(app, ["check", *options])


def test_s33_as_shipped_nothing_is_given_and_that_is_no_mistake(services: Path) -> None:
    found = check()
    assert found.exit_code == 0
    assert ": given\n" not in found.output
    assert "not approved: given to nobody" in found.output


@pytest.mark.parametrize(
    ("days", "state", "code"), [(200, "given", 0), (20, "verify soon", 0), (-1, "expired", 1)]
)
def test_s33_what_expires_is_listed_before_it_does(
    services: Path, days: int, state: str, code: int
) -> None:
    today = datetime.now(UTC).date()
    dates = {"verified_on": str(today - timedelta(days=300)), "enabled": "yes"}
    name = change(services, 0, expires_on=str(today + timedelta(days=days)), **dates)
    found = check("--json")
    told = {line["id"]: line["state"] for line in map(json.loads, found.output.splitlines())}
    assert state in told[name]
    assert found.exit_code == code
