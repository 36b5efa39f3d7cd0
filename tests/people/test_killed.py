"""An import that is killed half-way: the second run ends with what an undisturbed one gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from outreach.bootstrap import migrate
from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault, new_keys, parse_keys
from outreach.people.importing import CHUNK, import_contacts
from outreach.people.queries import CONTACTS, EVENTS
from outreach.settings import load_settings
from outreach.store.engine import make_engine, reading
from outreach.store.ledger import LEDGER

ROWS = 3 * CHUNK
_PATIENCE_SECONDS = 120


@pytest.fixture(params=("sqlite", "postgresql"))
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database whose schema the command line takes for current."""
    if request.param == "postgresql":
        found: str = request.getfixturevalue("postgresql_url")
        return found
    return _migrated(tmp_path / "killed.sqlite")


def test_the_second_run_after_a_kill_gives_the_same_register_as_one_run(
    migrated_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    keys = new_keys()
    vault, path = parse_keys(keys, "test"), tmp_path / "list.csv"
    sexes = ("f", "m", "", "wrong")
    path.write_text(
        "phone,sex,consent how,consent when,consent wording\n"
        + "".join(
            f"038{n * 7919 % 10**7:07d},{sexes[n % 4]},{'paper,2026-02-14,v1' if n % 3 else ',,'}\n"
            for n in range(ROWS)
        )
    )
    engine = make_engine(migrated_url)
    env = {**os.environ, "OUTREACH_DATABASE_URL": migrated_url, "OUTREACH_SECRET_KEYS": keys}
    command = [sys.executable, "-m", "outreach", "people", "import", str(path)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    patience = time.monotonic() + _PATIENCE_SECONDS
    while not _count(engine) and time.monotonic() < patience:
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert 0 < _count(engine) < ROWS * 3 // 4

    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert f"{len(range(3, ROWS, 4)):,} rejected" in done.stdout
    undisturbed = make_engine(_migrated(tmp_path / "undisturbed.sqlite"))
    import_contacts(
        undisturbed,
        vault,
        clock,
        path,
        dry_run=False,
        rejects_path=tmp_path / "undisturbed.csv",
        progress=lambda _done, _of: None,
    )
    assert _register(engine, vault) == _register(undisturbed, vault)
    assert list(tmp_path.glob(".*.part")) == []
    engine.dispose()
    undisturbed.dispose()


def _migrated(path: Path) -> str:
    url = f"sqlite:///{path}"
    migrate(load_settings(database_url=url)).dispose()
    return url


def _count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(CONTACTS)).scalar_one())


def _register(engine: Engine, vault: Vault) -> dict[str, Any]:
    """By number: what is held, and how often each step of consent was noted and counted."""
    with reading(engine) as connection:
        contacts = connection.execute(CONTACTS.select()).all()
        events = connection.execute(EVENTS.select()).all()
        facts = connection.execute(select(LEDGER.c.contact_id, LEDGER.c.detail, LEDGER.c.sex)).all()
    noted: dict[int, list[Any]] = {}
    for event in events:
        noted.setdefault(event.contact_id, []).append((event.after, event.how, event.given_on))
    for fact in facts:
        noted.setdefault(fact.contact_id, []).append((fact.detail, fact.sex))
    return {
        vault.unseal(row.number_sealed): (row.consent, row.sex, row.language, noted[row.id])
        for row in contacts
    }
