"""Stop-everything: sending, sessions and every door to a report end with one command (S23)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from outreach.__main__ import app
from outreach.delivery import switches
from outreach.kernel.clock import FixedClock, SystemClock
from outreach.kernel.errors import BadInput
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.reach.mailing import sending
from outreach.reach.publications import apikeys, links, publishing, queries
from outreach.reach.publications.stopping import Stopped, stop_everything
from outreach.store.engine import reading
from tests.reach.test_mailing import Catcher, catcher, mailer, subscribe
from tests.reach.test_publishing import MARCH, WHO, may
from tests.staff.test_signing import Desk

__all__ = ["catcher", "mailer", "may"]
WHY = Asking("dara", "strangers are at the door")


@pytest.fixture
def opened(database: Engine, vault: Vault, may: FixedClock) -> tuple[Desk, str, str, str]:
    """Somebody is signed in; a link and a key open reports."""
    desk = Desk(database, vault, may)
    session = desk.enrol("dara", desk.add("dara", "administrator"))
    publishing.publish_period(database, may, *MARCH, WHO)
    link = links.make_link(database, may, "2026-03", "the fund", 30, WHO).token
    return desk, session, link, apikeys.make_key(database, may, "researcher", 30, WHO)


def test_s23_stop_everything_stops_sending_and_ends_sessions_links_and_keys(
    opened: tuple[Desk, str, str, str],
) -> None:
    desk, session, link, key = opened
    engine, clock = desk.engine, desk.clock
    assert stop_everything(engine, clock, clock, WHY) == Stopped(1, 1, 1)
    assert [switch.scope for switch in switches.list_on(engine)] == ["everything"]
    assert desk.who(session) is None
    assert links.open_link(engine, clock, link) is None
    assert not apikeys.opens(engine, clock, key)
    with reading(engine) as connection:
        (last, *_) = queries.audits(connection, 1)
    assert (last.action, last.by, last.reason) == ("stopped everything", "dara", WHY.reason)


def test_s23_it_may_be_said_twice_and_people_sign_in_anew(
    opened: tuple[Desk, str, str, str],
) -> None:
    desk, _, link, _ = opened
    stop_everything(desk.engine, desk.clock, desk.clock, WHY)
    assert stop_everything(desk.engine, desk.clock, desk.clock, WHY) == Stopped(0, 0, 0)
    desk.clock.advance(timedelta(minutes=1))
    assert desk.who(desk.sign_in("dara")) is not None
    switches.go_on(desk.engine, desk.clock, "everything", reason="they left", by="dara")
    assert links.open_link(desk.engine, desk.clock, link) is None


def test_s23_without_a_reason_nothing_stops(opened: tuple[Desk, str, str, str]) -> None:
    desk, session, *_ = opened
    with pytest.raises(BadInput, match="reason"):
        stop_everything(desk.engine, desk.clock, desk.clock, Asking("dara", ""))
    assert switches.list_on(desk.engine) == ()
    assert desk.who(session) is not None


def test_s23_no_mail_opens_a_door_anew_until_it_goes_on(
    mailer: sending.Mailer, catcher: Catcher
) -> None:
    subscribe(mailer)
    mailer.clock.advance(timedelta(days=3))  # type: ignore[attr-defined]
    stop_everything(mailer.engine, mailer.clock, SystemClock(), WHY)
    assert not sending.waits(mailer.engine, mailer.clock)
    assert sending.send_due(mailer) == 0
    assert (catcher.letters, links.links(mailer.engine)) == ([], ())
    switches.go_on(mailer.engine, mailer.clock, "everything", reason="they left", by="dara")
    assert sending.send_due(mailer) == 1


def test_s23_the_command_says_what_ended(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.bootstrap.open_engine", lambda _settings: database)
    done = CliRunner().invoke(app, ["stop-everything", "--reason", WHY.reason])
    assert "0 sessions, 0 links to reports, 0 keys" in done.stdout
    assert [switch.scope for switch in switches.list_on(database)] == ["everything"]
