"""What is kept of a member of staff beside their account, and that their number stays sealed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli import staff
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.sealing import Vault, new_keys
from outreach.settings import load_settings
from outreach.staff import accounts, queries
from outreach.staff.profiles import Profile, set_profile
from outreach.store.engine import reading
from tests.world import number

Put = Callable[..., accounts.Account]


@pytest.fixture
def put(database: Engine, vault: Vault, clock: FixedClock) -> Put:
    """Changes the profile of the one account, and returns that."""
    accounts.add(database, clock, "dara", ["hotline_worker"], "", by="tests")

    def change(**given: Any) -> accounts.Account:
        set_profile(database, vault, clock, "dara", Profile(**given), by="tests")
        return accounts.accounts(database)[0]

    return change


def test_a_profile_changes_only_what_is_given(put: Put) -> None:
    first = put(languages=["th", "km", "th"], child_trained=True)
    assert (first.languages, first.sex, first.child_trained) == (("km", "th"), "not_asked", True)
    second = put(sex="female")
    assert (second.languages, second.sex, second.child_trained) == (("km", "th"), "female", True)
    assert (second.alert_by, put(phone=number(1), alert_by="voice").alert_by) == ("", "voice")
    assert put(phone="").alert_by == ""


def test_s18_a_number_of_staff_is_sealed_and_goes_with_the_account(
    put: Put, database: Engine, vault: Vault, clock: FixedClock
) -> None:
    put(phone=number(1))
    assert number(1) not in repr(Profile(phone=number(1)))
    with reading(database) as connection:
        row = queries.by_name(connection, "dara")
    assert row is not None
    assert number(1).encode() not in row.phone_sealed
    assert vault.unseal(row.phone_sealed) == number(1)
    accounts.close(database, clock, "dara", by="tests")
    with reading(database) as connection:
        row = queries.by_name(connection, "dara")
    assert row is not None
    assert row.phone_sealed is None


@pytest.mark.parametrize(
    "given",
    [{"languages": ["xx"]}, {"sex": "?"}, {"alert_by": "fax"}, {"phone": "12"}, {}],
)
def test_what_is_no_profile_is_told(put: Put, given: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        put(**given)


def test_nobody_gets_a_profile_without_an_account(
    database: Engine, vault: Vault, clock: FixedClock
) -> None:
    with pytest.raises(NotFound):
        set_profile(database, vault, clock, "nobody", Profile(sex="female"), by="tests")


def test_s18_the_command_reads_the_number_and_the_list_shows_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite'}")
    monkeypatch.setenv("OUTREACH_SECRET_KEYS", new_keys())
    migrate(load_settings()).dispose()
    say = CliRunner().invoke
    say(staff.app, ["add", "dara", "--role", "hotline_worker"])
    options = ["--language", "km", "--child-trained", "--number", "-", "--alert-by", "call"]
    done = say(staff.app, ["profile", "dara", *options], input=f"{number(1)}\n")
    assert (done.exit_code, done.output) == (0, "dara: set.\n")
    refused = say(staff.app, ["profile", "dara", "--alert-by", "voice"])
    assert (refused.exit_code, "call" in refused.output) == (2, True)
    listed = say(staff.app, ["list"]).output + say(staff.app, ["list", "--json"]).output
    assert "km, child-trained, told by call" in listed
    assert number(1)[-7:] not in listed
