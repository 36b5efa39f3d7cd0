"""`outreach audience`: an audience is saved, counted, read back and deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli.audience import app
from outreach.kernel.errors import BadInput, NotFound
from outreach.settings import load_settings


def test_an_audience_is_saved_counted_read_back_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    monkeypatch.setenv("OUTREACH_DATABASE_URL", url)
    migrate(load_settings(database_url=url)).dispose()

    def say(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments)
        if done.exception:
            raise done.exception
        return done.stdout

    path = tmp_path / "women.yaml"
    path.write_text("name: {km: ក, en: Women}\naudience: {sex: female}\n", encoding="utf-8")
    assert say("save", str(path)).startswith("Saved: women, version 1.\nស្រី។\nWomen.")
    assert json.loads(say("explain", "women", "--json")) == {"km": "ស្រី។", "en": "Women."}
    found = json.loads(say("count", "women", "--by", "sex", "--json"))
    assert (found["people"], found["may"], found["held"]) == (0, 0, {})
    assert json.loads(say("list", "--json"))[0]["slug"] == "women"
    path.write_text("audience: {gender: female}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"women\.yaml:1: There is no condition 'gender'\. Did you"):
        say("count", str(path))
    say("delete", "women")
    with pytest.raises(NotFound):
        say("show", "women")
