"""The duty roster: who is on duty, by what they speak and can do; shifts that come and go."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from outreach.bootstrap import migrate
from outreach.cli import roster as commands
from outreach.cli import staff
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, NotFound, Refused
from outreach.kernel.sealing import Vault, new_keys
from outreach.settings import load_settings
from outreach.staff import accounts, roster
from outreach.staff.rules.duty import HOME_ZONE, Shift
from tests.staff.people import join

MORNING = Shift(HOME_ZONE, None, "12345", time(8), time(12))
LATE = Shift(HOME_ZONE, None, "1", time(8), time(17))


@pytest.fixture
def team(database: Engine, vault: Vault, clock: FixedClock) -> Engine:
    """Two workers and a supervisor; Monday at nine."""
    join(database, vault, clock, "dara", languages=["km"], sex="female", child_trained=True)
    join(database, vault, clock, "sokha", languages=["km", "th"], sex="male")
    join(database, vault, clock, "chan", "hotline_supervisor")
    return database


def names(team: Engine, clock: FixedClock, **asked: str | bool) -> list[str]:
    return [helper.name for helper in roster.on_duty(team, clock, **asked)]  # type: ignore[arg-type]


def test_who_is_on_duty_is_known_by_what_they_can_do(team: Engine, clock: FixedClock) -> None:
    assert roster.nobody_on_duty(team, clock)
    for name in ("dara", "sokha"):
        roster.add(team, clock, name, MORNING, by="chan")
    assert names(team, clock) == ["dara", "sokha"]
    assert names(team, clock, language="th") == ["sokha"]
    assert names(team, clock, sex="female") == ["dara"]
    assert names(team, clock, child_trained=True) == ["dara"]
    clock.advance(timedelta(hours=3))
    assert names(team, clock) == []
    assert roster.nobody_on_duty(team, clock)


def test_two_shifts_at_once_last_until_the_later_end(team: Engine, clock: FixedClock) -> None:
    for shift in (LATE, MORNING):
        roster.add(team, clock, "dara", shift, by="chan")
    (helper,) = roster.on_duty(team, clock)
    assert helper.until == clock.now() + timedelta(hours=8)


def test_a_shift_that_is_there_is_added_once_and_taken_out_once(
    team: Engine, clock: FixedClock
) -> None:
    number = roster.add(team, clock, "dara", MORNING, by="chan")
    assert roster.add(team, clock, "dara", MORNING, by="chan") == number
    assert [entry.name for entry in roster.entries(team, clock)] == ["dara"]
    roster.remove(team, clock, number, by="chan")
    with pytest.raises(NotFound):
        roster.remove(team, clock, number, by="chan")
    assert roster.entries(team, clock) == ()


def test_a_day_that_is_over_leaves_the_list(team: Engine, clock: FixedClock) -> None:
    roster.add(
        team, clock, "dara", Shift(HOME_ZONE, date(2026, 3, 2), "", time(20), time(8)), by="x"
    )
    clock.advance(timedelta(hours=20))  # five on Tuesday morning: it still holds
    assert len(roster.entries(team, clock)) == 1
    clock.advance(timedelta(hours=5))
    assert roster.entries(team, clock) == ()


@pytest.mark.parametrize(
    "shift",
    [
        Shift(HOME_ZONE, None, "", time(8), time(9)),
        Shift(HOME_ZONE, date(2026, 3, 2), "1", time(8), time(9)),
        Shift("Nowhere/Else", None, "1", time(8), time(9)),
        Shift("../etc", None, "1", time(8), time(9)),
    ],
)
def test_what_is_no_shift_is_told(team: Engine, clock: FixedClock, shift: Shift) -> None:
    with pytest.raises(BadInput):
        roster.add(team, clock, "dara", shift, by="chan")


def test_s22_only_the_hotline_is_put_on_duty(team: Engine, clock: FixedClock, vault: Vault) -> None:
    join(team, vault, clock, "giver", "donor")
    with pytest.raises(Refused):
        roster.add(team, clock, "giver", MORNING, by="chan")


def test_whoever_left_is_not_on_duty(team: Engine, clock: FixedClock) -> None:
    roster.add(team, clock, "dara", MORNING, by="chan")
    accounts.close(team, clock, "dara", by="chan")
    assert names(team, clock) == []
    assert roster.entries(team, clock) == ()


def test_whose_shift_ended_is_gone_until_the_next_one(team: Engine, clock: FixedClock) -> None:
    roster.add(team, clock, "dara", MORNING, by="chan")
    roster.add(team, clock, "sokha", LATE, by="chan")
    clock.advance(timedelta(hours=4))
    with team.connect() as connection:
        assert roster.gone(connection, clock.now()) == {"dara"}


def test_the_command_line_keeps_the_roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTREACH_DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite'}")
    monkeypatch.setenv("OUTREACH_SECRET_KEYS", new_keys())
    migrate(load_settings()).dispose()
    say = CliRunner().invoke
    say(staff.app, ["add", "dara", "--role", "hotline_worker"])
    done = say(commands.app, ["add", "dara", "--days", "mon-sun", "--hours", "00:00-24:00"])
    shift = "dara, mon, tue, wed, thu, fri, sat, sun 00:00-00:00 (Asia/Phnom_Penh)"
    assert done.output == f"Shift 1: {shift}.\n"
    assert say(commands.app, ["list"]).output == f"1: {shift}\n"
    assert json.loads(say(commands.app, ["list", "--json"]).output)["name"] == "dara"
    # Whoever never signed in is not on duty: nobody would look.
    nobody = say(commands.app, ["now"]).output
    assert nobody.startswith(
        "Nobody who fits is on duty. Whoever has not signed in yet does not count"
    )
    assert say(commands.app, ["now", "--json", "--language", "km"]).output == ""
    assert isinstance(
        say(commands.app, ["add", "dara", "--on", "x", "--hours", "08:00-09:00"]).exception,
        BadInput,
    )
    assert say(commands.app, ["remove", "1"]).output == "Shift 1 is out.\n"
    assert "empty" in say(commands.app, ["list"]).output
