"""`outreach keys` as an operator runs it."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli.keys import app
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Refused
from outreach.kernel.sealing import new_key, new_keys, parse_keys
from outreach.people import contacts
from outreach.people.importing import import_contacts
from outreach.settings import load_settings
from outreach.store.engine import make_engine, reading

NUMBER = "+855381234567"


@pytest.fixture
def register(tmp_path: Path) -> dict[str, str]:
    """The environment of an operator whose register knows one number."""
    env = {
        "OUTREACH_DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite'}",
        "OUTREACH_SECRET_KEYS": new_keys(),
        "OUTREACH_HELP_KEYS": new_keys(),
    }
    path = tmp_path / "register.csv"
    path.write_text(f"phone,language\n{NUMBER},km\n", encoding="utf-8")
    import_contacts(
        migrate(load_settings(database_url=env["OUTREACH_DATABASE_URL"])),
        parse_keys(env["OUTREACH_SECRET_KEYS"], "test"),
        FixedClock(datetime(2026, 3, 2, tzinfo=UTC)),
        path,
        dry_run=False,
        rejects_path=tmp_path / "rejected.csv",
        progress=lambda _done, _of: None,
    )
    return env


def keys(env: dict[str, str], *arguments: str, given: str = "") -> Result:
    """A command; an error of ours is raised as the command line would report it."""
    return CliRunner().invoke(app, arguments, env=env, input=given, catch_exceptions=False)


def opened(env: dict[str, str]) -> str | None:
    vault = parse_keys(env["OUTREACH_SECRET_KEYS"], "test")
    with reading(make_engine(env["OUTREACH_DATABASE_URL"])) as connection:
        found = contacts.find_by_number(connection, vault, NUMBER)
        return contacts.number_of(connection, vault, found.id) if found else None


def test_s18_keys_lost_and_database_kept_two_papers_open_the_numbers_again(
    register: dict[str, str], tmp_path: Path
) -> None:
    done = keys(register, "export", str(tmp_path / "papers"))
    papers = sorted((tmp_path / "papers").iterdir())
    assert [str(path) for path in papers] == done.stdout.split()
    assert {stat.S_IMODE(path.stat().st_mode) for path in papers} == {0o600}
    lost = {**register, "OUTREACH_SECRET_KEYS": "", "OUTREACH_HELP_KEYS": ""}
    back = keys(lost, "restore", str(papers[0]), str(papers[2]))
    restored = dict(line.split("=", 1) for line in back.stdout.splitlines())
    assert restored == {name: register[name] for name in restored}
    assert opened({**lost, **restored}) == NUMBER
    typed = keys(lost, "restore", given="\n".join(p.read_text() for p in papers[:2]))
    assert typed.stdout == back.stdout


def test_a_restore_into_a_file_is_for_its_owner_alone_and_replaces_nothing(
    register: dict[str, str], tmp_path: Path
) -> None:
    papers = keys(register, "export", str(tmp_path)).stdout.split()
    out = tmp_path / "keys.env"
    keys(register, "restore", *papers[:2], "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with pytest.raises(BadInput, match="can't be written: File exists"):
        keys(register, "restore", *papers[:2], "--out", str(out))
    with pytest.raises(BadInput, match="File exists"):
        keys(register, "export", str(tmp_path))
    with pytest.raises(BadInput, match="One share alone says nothing"):
        keys(register, "restore", papers[0])


def test_the_steps_of_a_rotation_as_an_operator_takes_them(register: dict[str, str]) -> None:
    old = register["OUTREACH_SECRET_KEYS"]
    added = keys(register, "add", "seal")
    assert "keys rotate" in added.stderr
    fresh = {**register, "OUTREACH_SECRET_KEYS": f"{added.stdout.strip()},{old}"}
    done = keys(fresh, "rotate", "--json")
    (store, _) = json.loads(done.stdout)["stores"]
    assert (store["changed"], store["unopened"]) == (1, 0)
    assert [key["removable"] for key in store["keys"]] == [False, True, False]
    assert "can be taken out" in keys(fresh, "status").stdout
    seal, lookup = old.split(",")
    alone = {**register, "OUTREACH_SECRET_KEYS": f"{added.stdout.strip()},{lookup}"}
    assert opened(alone) == NUMBER
    assert keys(alone, "rotate").exit_code == 0
    for name in (seal, lookup):
        assert name.partition("=")[2] not in done.stdout + done.stderr


@pytest.mark.parametrize("mistake", ["taken out too early", "swapped", "another of that name"])
def test_what_operators_do_wrong_with_keys_is_refused_and_told(
    register: dict[str, str], mistake: str
) -> None:
    given, other = register["OUTREACH_SECRET_KEYS"], register["OUTREACH_HELP_KEYS"]
    keys(register, "rotate")
    wrong, said = {
        "taken out too early": (
            {"OUTREACH_SECRET_KEYS": f"{new_key('seal')},{given.split(',')[1]}"},
            "is missing from the setting, and 1 values",
        ),
        "swapped": (
            {"OUTREACH_SECRET_KEYS": other, "OUTREACH_HELP_KEYS": given},
            "are the two swapped",
        ),
        "another of that name": (
            {"OUTREACH_SECRET_KEYS": given.split("=")[0] + "=" + new_keys().split("=", 1)[1]},
            "is not the key that this database was used with",
        ),
    }[mistake]
    with pytest.raises(Refused, match=said) as refused:
        keys({**register, **wrong}, "rotate")
    assert given.split("=")[1][:12] not in str(refused.value)
