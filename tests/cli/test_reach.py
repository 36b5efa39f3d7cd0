"""`outreach reach` and `outreach grants`: what comes out can be read by people and by machines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli import grants, reach
from outreach.kernel.errors import BadInput
from outreach.people.places import load_places
from outreach.planning.audience.queries import CAMPAIGNS
from outreach.settings import load_settings
from outreach.store.engine import transaction
from tests.reach.history import START
from tests.reach.test_fold import write
from tests.reach.test_grants import DATA, LATER, reached

EXAMPLE = str(DATA / "grant.yaml")


def say(app: typer.Typer, *arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception:
        raise done.exception
    return done.stdout


def test_a_grant_is_loaded_shown_and_leaves_as_iati_beside_effect_and_coverage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    monkeypatch.setenv("OUTREACH_DATABASE_URL", url)
    engine = migrate(load_settings(database_url=url))
    load_places(engine)
    with transaction(engine) as connection:
        row = {"id": 1, "public_id": "c", "slug": "safe", "name_km": "c", "name_en": "c"}
        row |= {"digest": "", "loaded_at": START, "audience": {}, "retry": {}}
        connection.execute(CAMPAIGNS.insert().values(row))
    write(engine, [*reached(range(1, 41), "01"), LATER])
    engine.dispose()
    assert say(grants.app, "check", EXAMPLE) == "example-2026: 1 indicators, 2 costs.\n"
    assert "airtime 210.00 USD, all-in 1110.00 USD" in say(grants.app, "load", EXAMPLE)
    (line,) = say(grants.app, "list", "--json").splitlines()
    assert json.loads(line)["version"] == 1
    assert "2026-01-01 to 2026-03-31: 100" in say(grants.app, "show", "example-2026")
    path = tmp_path / "grant.xml"
    say(reach.app, "iati", "example-2026", "-o", str(path), "--reason", "the donor asks for it")
    assert '<actual value="40"' in path.read_text(encoding="utf-8")
    again = tmp_path / "again.xml"
    say(reach.app, "iati", "example-2026", "-o", str(again), "--version", "1")
    assert again.read_bytes() == path.read_bytes()
    (kept,) = json.loads(say(reach.app, "activities", "--json"))
    assert kept["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"sha256 {kept['sha256']}" in say(reach.app, "activities", "example-2026")
    with pytest.raises(BadInput, match="--reason"):
        say(reach.app, "iati", "example-2026", "-o", str(path))
    effect = json.loads(say(reach.app, "effect", "--campaign", "safe", "--json"))
    assert effect["verdict"].startswith("Not comparable")
    assert "Not comparable" in say(reach.app, "effect", "--campaign", "safe")
    csv = "campaigns/populations.example.csv"
    found = json.loads(say(reach.app, "coverage", csv, "--json"))
    assert [cell["gap"] for cell in found["cells"]] == [20000, 15000, 12000, 9000, 4000]
    assert "nobody checked" in say(reach.app, "coverage", csv)
