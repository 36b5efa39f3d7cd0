"""S22: a saved audience is exported by two users of the machine, once, to a file of their own."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli import audience, people
from outreach.kernel.errors import Conflict, Refused
from outreach.kernel.sealing import new_keys
from outreach.settings import load_settings

WHY = ("--reason", "The team calls them")


def say(app: object, *arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception:
        raise done.exception
    return done.stdout


def test_s22_a_saved_audience_leaves_by_two_people_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    monkeypatch.setenv("OUTREACH_DATABASE_URL", url)
    monkeypatch.setenv("OUTREACH_SECRET_KEYS", new_keys())
    migrate(load_settings(database_url=url)).dispose()
    rule, file = tmp_path / "women.yaml", tmp_path / "out.csv"
    rule.write_text("name: {km: ក, en: Women}\naudience: {sex: female}\n", encoding="utf-8")
    say(audience.app, "save", str(rule))
    yes = ("--how", "asked at the market", "--wording", "v1")
    for number, sex in (("038 123 4567", "female"), ("038 123 4568", "male")):
        say(people.app, "add", number, *yes, "--set", f"sex={sex}")

    monkeypatch.setenv("LOGNAME", "=sok")
    asked = json.loads(say(people.app, "export", "request", "--audience", "women", *WHY, "--json"))
    name = asked["public_id"]
    with pytest.raises(Refused):
        say(people.app, "export", "approve", name, *WHY)
    with pytest.raises(Conflict):
        say(people.app, "export", "write", name, str(file))
    monkeypatch.setenv("LOGNAME", "dara")
    say(people.app, "export", "approve", name, *WHY)
    with pytest.raises(Refused):
        say(people.app, "export", "write", name, str(file))
    monkeypatch.setenv("LOGNAME", "=sok")
    assert "1 contacts" in say(people.app, "export", "write", name, str(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    _, row = file.read_text(encoding="utf-8-sig").splitlines()
    assert row.startswith("(+855) 38 123 4567,")
    assert name in row
    assert ",=sok" not in row
    with pytest.raises(Conflict):
        say(people.app, "export", "write", name, str(tmp_path / "again.csv"))
    assert not (tmp_path / "again.csv").exists()
