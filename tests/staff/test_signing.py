"""Staff sign in with name, password and code, and nobody else does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.sealing import Vault
from outreach.staff import accounts, queries, signing
from outreach.staff.rules.roles import May, Role
from outreach.staff.secrets import fingerprint
from outreach.staff.signing import NotSignedIn
from outreach.store.engine import reading, transaction

PASSWORD = "four wet green hats"


@dataclass
class Desk:
    """One staff member's way in."""

    engine: Engine
    vault: Vault
    clock: FixedClock
    secret: str = ""

    def add(self, name: str, *roles: str, province: str = "") -> str:
        return accounts.add(self.engine, self.clock, name, roles, province, by="tests")

    def enrol(self, name: str, once: str, password: str = PASSWORD) -> str:
        found = signing.begin_enrolment(self.engine, self.vault, self.clock, name, once)
        self.secret = found.secret
        return signing.enrol(self.engine, self.vault, self.clock, name, once, password, self.code())

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now())

    def sign_in(
        self, name: str, password: str = PASSWORD, code: str | None = None, origin: str = ""
    ) -> str:
        given = self.code() if code is None else code
        vault, clock = self.vault, self.clock
        return signing.sign_in(self.engine, vault, clock, name, password, given, origin=origin)

    def who(self, token: str) -> signing.Who | None:
        return signing.who(self.engine, self.clock, token)


@pytest.fixture
def desk(database: Engine, vault: Vault, clock: FixedClock) -> Desk:
    return Desk(database, vault, clock)


def test_the_first_time_a_code_makes_an_account_somebodys(desk: Desk) -> None:
    once = desk.add("dara", "campaign_manager")
    found = desk.who(desk.enrol("dara", once.lower().replace("-", " ")))
    assert found is not None
    assert (found.name, found.roles) == ("dara", (Role.CAMPAIGN_MANAGER,))
    assert May.RUN_CAMPAIGNS in found.may
    with pytest.raises(NotSignedIn):  # once is once
        desk.enrol("dara", once)
    assert [a.state for a in accounts.accounts(desk.engine)] == ["open"]


def test_a_one_time_code_that_is_over_opens_nothing(desk: Desk) -> None:
    once = desk.add("dara", "donor")
    desk.clock.advance(timedelta(hours=49))
    with pytest.raises(NotSignedIn):
        desk.enrol("dara", once)


def test_name_password_and_code_together_sign_in(desk: Desk) -> None:
    desk.enrol("dara", desk.add("dara", "approver"))
    desk.clock.advance(timedelta(minutes=1))
    assert desk.who(desk.sign_in("dara")) is not None
    with pytest.raises(NotSignedIn, match="not right"):  # each code once
        desk.sign_in("dara")


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [("dara", "wrong", None), ("dara", PASSWORD, "000000"), ("dara", PASSWORD, ""),
     ("nobody", PASSWORD, None), ("dara", "", None)],
)  # fmt: skip
def test_whatever_is_wrong_the_answer_is_the_same(
    desk: Desk, name: str, password: str, code: str | None
) -> None:
    desk.enrol("dara", desk.add("dara", "approver"))
    desk.clock.advance(timedelta(minutes=1))
    with pytest.raises(NotSignedIn) as refused:
        desk.sign_in(name, password, code)
    assert str(refused.value) == "Name, password or code is not right."


@pytest.mark.parametrize("name", ["dara", "nobody"])
def test_guessing_gets_slower_for_known_and_unknown_names_alike(desk: Desk, name: str) -> None:
    desk.enrol("dara", desk.add("dara", "approver"))
    for _ in range(5):
        with pytest.raises(NotSignedIn, match="not right"):
            desk.sign_in(name, "a guess at random")
    with pytest.raises(NotSignedIn, match="Wait"):
        desk.sign_in(name)
    desk.clock.advance(timedelta(minutes=1))
    if name == "dara":
        assert desk.who(desk.sign_in("dara")) is not None  # and starts afresh
        with pytest.raises(NotSignedIn, match="not right"):
            desk.sign_in("dara", "a guess at random")


def spray(desk: Desk, origin: str, times: int, said: str = "not right") -> None:
    """Guesses at the first sign-in of another name each time: that needs no slow hash."""
    for index in range(times):
        with pytest.raises(NotSignedIn, match=said):
            signing.begin_enrolment(
                desk.engine, desk.vault, desk.clock, f"name{index}", "x", origin=origin
            )


def test_guessing_at_many_names_from_one_address_gets_slower(desk: Desk) -> None:
    desk.enrol("dara", desk.add("dara", "approver"))
    desk.clock.advance(timedelta(minutes=1))
    spray(desk, "192.0.2.1", 20)
    spray(desk, "192.0.2.1", 2, "Wait")
    with pytest.raises(NotSignedIn, match="Wait"):
        desk.sign_in("dara", origin="192.0.2.1")
    assert desk.who(desk.sign_in("dara", origin="192.0.2.2")) is not None
    desk.clock.advance(timedelta(minutes=1))
    assert desk.who(desk.sign_in("dara", origin="192.0.2.1")) is not None  # it always ends
    spray(desk, "192.0.2.1", 1)
    spray(desk, "192.0.2.1", 1, "Wait")  # one that may come in does not clean the address


def test_s23_a_page_that_asks_by_itself_keeps_no_session_where_help_is_read(desk: Desk) -> None:
    token = desk.enrol("dara", desk.add("dara", "hotline_worker"))
    for used, alive in ((True, True), (False, True), (False, False)):
        desk.clock.advance(timedelta(minutes=6))
        found = signing.who(desk.engine, desk.clock, token, used=used)
        assert (found is not None) == alive


def test_where_the_address_is_not_known_only_names_are_slowed_down(desk: Desk) -> None:
    spray(desk, "", 25)


def test_wrong_tries_are_forgotten_after_a_day(desk: Desk) -> None:
    spray(desk, "192.0.2.1", 20)
    desk.clock.advance(timedelta(hours=25))
    spray(desk, "192.0.2.3", 1)
    with reading(desk.engine) as connection:
        assert len(connection.execute(queries.TRIES.select()).all()) == 2


def test_no_address_is_kept(desk: Desk) -> None:
    spray(desk, "192.0.2.1", 1)
    with reading(desk.engine) as connection:
        rows = connection.execute(queries.TRIES.select()).all()
    assert rows
    assert not [row for row in rows if "192.0.2" in str(row)]


def test_a_donor_needs_no_second_factor(desk: Desk) -> None:
    once = desk.add("giver", "donor")
    signing.begin_enrolment(desk.engine, desk.vault, desk.clock, "giver", once)
    signing.enrol(desk.engine, desk.vault, desk.clock, "giver", once, PASSWORD, "")
    found = desk.who(desk.sign_in("giver", code=""))
    assert found is not None
    assert found.may == {May.SEE_REACH}


def test_a_session_ends_when_nobody_uses_it(desk: Desk) -> None:
    token = desk.enrol("dara", desk.add("dara", "auditor"))
    for _ in range(3):
        desk.clock.advance(timedelta(minutes=20))
        assert desk.who(token) is not None
    desk.clock.advance(timedelta(minutes=31))
    assert desk.who(token) is None
    desk.clock.advance(-timedelta(minutes=31))
    assert desk.who(token) is None  # it is gone, not only late


@pytest.mark.parametrize("end", ["sign out", "close", "renew", "roles", "all"])
def test_a_session_can_be_ended_at_once(desk: Desk, end: str) -> None:
    token = desk.enrol("dara", desk.add("dara", "auditor"))
    engine, clock = desk.engine, desk.clock
    {
        "sign out": lambda: signing.sign_out(engine, token),
        "close": lambda: accounts.close(engine, clock, "dara", by="tests"),
        "renew": lambda: accounts.renew(engine, clock, "dara", by="tests"),
        "roles": lambda: accounts.set_roles(engine, clock, "dara", ["donor"], "", by="tests"),
        "all": lambda: accounts.end_all_sessions(engine, clock, by="tests"),
    }[end]()
    assert desk.who(token) is None


def test_a_renewed_account_forgets_password_and_authenticator(desk: Desk) -> None:
    desk.enrol("dara", desk.add("dara", "auditor"))
    old, desk.secret = desk.secret, desk.secret
    once = accounts.renew(desk.engine, desk.clock, "dara", by="tests")
    desk.clock.advance(timedelta(minutes=1))
    with pytest.raises(NotSignedIn):
        desk.sign_in("dara")
    assert desk.who(desk.enrol("dara", once, "another long password")) is not None
    assert desk.secret != old


def test_what_is_kept_opens_no_door(desk: Desk) -> None:
    once = desk.add("dara", "auditor")
    token = desk.enrol("dara", once)
    with reading(desk.engine) as connection:
        rows = [
            str(tuple(row))
            for table in (queries.STAFF, queries.SESSIONS, queries.AUDIT)
            for row in connection.execute(table.select())
        ]
    for secret in (PASSWORD, token, desk.secret, once.replace("-", "")):
        assert not [row for row in rows if secret in row]
    assert any("argon2id" in row for row in rows)


@pytest.mark.parametrize(
    ("name", "roles", "province", "said"),
    [
        ("Dara", ["donor"], "", "small letters"),
        ("a0381234567", ["donor"], "", "phone number"),
        ("dara", ["king"], "", "no role 'king'"),
        ("dara", [], "", "needs a role"),
        ("dara", ["coordinator"], "", "has a province"),
        ("dara", ["donor"], "02", "nobody else"),
    ],
)
def test_a_wrong_account_is_told(
    desk: Desk, name: str, roles: list[str], province: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        desk.add(name, *roles, province=province)


def test_a_name_is_given_once_and_an_unknown_one_is_told(desk: Desk) -> None:
    desk.add("dara", "coordinator", province="02")
    with pytest.raises(Conflict, match="staff renew"):
        desk.add("dara", "donor")
    with pytest.raises(NotFound):
        accounts.close(desk.engine, desk.clock, "nobody", by="tests")


def test_a_weak_password_is_refused_and_the_code_still_serves(desk: Desk) -> None:
    once = desk.add("dara", "auditor")
    with pytest.raises(BadInput, match="12 characters"):
        desk.enrol("dara", once, "short")
    assert desk.who(desk.enrol("dara", once)) is not None


def test_every_step_is_noted(desk: Desk) -> None:
    desk.enrol("dara", desk.add("dara", "auditor"))
    accounts.close(desk.engine, desk.clock, "dara", by="sokha")
    with reading(desk.engine) as connection:
        noted = [(row.by, row.action) for row in queries.audits(connection, 10)]
    assert noted[::-1] == [
        ("tests", "added"), ("dara", "enrolled"), ("dara", "signed in"), ("sokha", "closed"),
    ]  # fmt: skip


def test_many_guesses_at_once_wait_for_each_other(desk: Desk) -> None:
    desk.enrol("dara", desk.add("dara", "approver"))
    desk.clock.advance(timedelta(minutes=1))
    key, until = fingerprint("dara"), desk.clock.now() + timedelta(minutes=1)
    with ThreadPoolExecutor(1) as other:
        with transaction(desk.engine) as connection:
            queries.lock_by_name(connection, "dara")
            late = other.submit(desk.sign_in, "dara")
            with pytest.raises(TimeoutError):
                late.result(timeout=0.5)
            queries.count_try(connection, key, desk.clock.now())
            queries.hold_tries(connection, key, until)
        with pytest.raises(NotSignedIn):
            late.result(timeout=20)
