"""A database of one's own, and commands that run in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from outreach.bootstrap import migrate, open_engine
from outreach.kernel.sealing import new_keys
from outreach.people.places import load_places
from outreach.settings import load_settings

Say = Callable[..., str]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that the migrations made, to copy for each test."""
    path = tmp_path_factory.mktemp("migrated") / "outreach.sqlite"
    migrate(load_settings(database_url=f"sqlite:///{path}")).dispose()
    return path


@pytest.fixture
def say(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command of a group on a migrated database; raises what it raises."""
    database = shutil.copy(migrated, tmp_path / "outreach.sqlite")
    monkeypatch.setenv("OUTREACH_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("OUTREACH_SECRET_KEYS", new_keys())
    monkeypatch.setenv("OUTREACH_SENDER", "+855380000001")
    monkeypatch.setenv("LOGNAME", "dara")

    def run(app: Typer, *arguments: str, given: str = "") -> str:
        done = CliRunner().invoke(app, arguments, input=given)
        if done.exception:
            raise done.exception
        return done.stdout

    return run


@pytest.fixture
def places(say: Say) -> None:
    """The gazetteer is loaded."""
    engine = open_engine(load_settings())
    load_places(engine)
    engine.dispose()
