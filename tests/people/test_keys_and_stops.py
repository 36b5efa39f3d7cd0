"""S14: whatever keys come and go, and whatever people and lists do, a STOP holds until START."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Engine
from sqlmodel import SQLModel

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault, new_key, parse_keys
from outreach.people import enrolment, optout, queries, rights
from outreach.people.enrolment import Tally
from outreach.people.rights import Asking
from outreach.people.rules.numbers import Number, parse_number
from outreach.people.rules.row import Entry, Evidence
from outreach.people.sealed import REGISTER
from outreach.store.engine import make_engine, reading, transaction
from outreach.store.rotation import left, rotate, uses
from tests.world import number

NUMBERS = st.sampled_from([number(at) for at in range(3)])
CLOCK = FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


class Keys(RuleBasedStateMachine):
    """Two processes on one register: `ours` has the newest keys first, `theirs` knows them all, but
    still puts the ones of before first, as in the middle of a rotation."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = make_engine("sqlite://")
        self.keys = {"seal": [new_key("seal")], "lookup": [new_key("lookup")]}
        self.stopped: set[str] = set()
        SQLModel.metadata.create_all(self.engine)

    def vault(self, *, theirs: bool = False) -> Vault:
        families = [[*keys[1:], keys[0]] if theirs else keys for keys in self.keys.values()]
        return parse_keys(",".join(entry for keys in families for entry in keys), "test")

    @rule(family=st.sampled_from(["seal", "lookup"]))
    def add_a_key(self, family: str) -> None:
        if len(self.keys[family]) < 4:
            self.keys[family].insert(0, new_key(family))

    @rule()
    def rotate(self) -> None:
        rotate(self.engine, REGISTER, self.vault(), lambda _done: None)
        assert left(self.engine, REGISTER, self.vault()) == 0

    @rule()
    def take_out_what_can_be(self) -> None:
        for use in uses(self.engine, REGISTER, self.vault()):
            if use.removable:
                family = self.keys[use.name.partition("-")[0]]
                family[:] = [entry for entry in family if not entry.startswith(f"{use.name}=")]

    @rule(who=NUMBERS, theirs=st.booleans())
    def stop(self, who: str, theirs: bool) -> None:
        with transaction(self.engine) as connection:
            vault = self.vault(theirs=theirs)
            optout.opt_out(connection, vault, who, at=CLOCK.now(), source="sms")
        self.stopped.add(who)

    @rule(who=NUMBERS, theirs=st.booleans())
    def start(self, who: str, theirs: bool) -> None:
        with transaction(self.engine) as connection:
            optout.start(connection, self.vault(theirs=theirs), who, at=CLOCK.now(), source="sms")
        self.stopped.discard(who)

    @rule(who=NUMBERS, theirs=st.booleans())
    def bring_in(self, who: str, theirs: bool) -> None:
        known = parse_number(who)
        assert isinstance(known, Number)
        entry = Entry(known, {}, Evidence("paper form", "2026-02-14", "v1"))
        with transaction(self.engine) as connection:
            vault = self.vault(theirs=theirs)
            found = enrolment.found(entry, vault)
            enrolment.enrol(connection, [found], CLOCK.now(), Tally())

    @rule(who=NUMBERS, theirs=st.booleans())
    def forget(self, who: str, theirs: bool) -> None:
        asking = Asking("dara", "Asked at the office")
        rights.forget(self.engine, self.vault(theirs=theirs), CLOCK, who, asking)
        self.stopped.add(who)

    @invariant()
    def a_stop_holds_and_nobody_is_there_twice(self) -> None:
        for theirs in (False, True):
            vault = self.vault(theirs=theirs)
            with reading(self.engine) as connection:
                for who in (number(at) for at in range(3)):
                    keys = vault.lookups(who)
                    rows = queries.contacts_by_key(connection, keys)
                    assert bool(queries.opted_out(connection, keys)) == (who in self.stopped)
                    assert len(rows) <= 1
                    for row in rows:
                        assert vault.unseal(row.number_sealed) == who
                        assert (row.consent == "opted_out") == (who in self.stopped)

    def teardown(self) -> None:
        self.engine.dispose()


TestKeys = Keys.TestCase
TestKeys.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[*HealthCheck]
)


def test_s18_a_rotation_that_was_killed_goes_on_where_it_was(
    database: Engine, database_url: str, tmp_path: Path
) -> None:
    seal, lookup = new_key("seal"), new_key("lookup")
    old, both = f"{seal},{lookup}", f"{new_key('seal')},{new_key('lookup')},{seal},{lookup}"
    rows = 4_000
    entries = [
        Entry(found, {}, None)
        for at in range(rows)
        if isinstance(found := parse_number(number(at)), Number)
    ]
    with transaction(database) as connection:
        vault = parse_keys(old, "test")
        known = [enrolment.found(entry, vault) for entry in entries]
        enrolment.enrol(connection, known, CLOCK.now(), Tally())
    program = """
import sys
from outreach import bootstrap
from outreach.kernel.sealing import parse_keys
from outreach.store.engine import make_engine
from outreach.store.rotation import rotate
keys = parse_keys(sys.stdin.readline().strip(), "test")
rotate(make_engine(sys.argv[1]), bootstrap.REGISTER, keys, lambda done: print(done, flush=True))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as killed:
        assert killed.stdin
        assert killed.stdout
        killed.stdin.write(f"{both}\n")
        killed.stdin.flush()
        assert int(killed.stdout.readline()) == 500
        os.kill(killed.pid, signal.SIGKILL)
    vault = parse_keys(both, "test")
    remaining = left(database, REGISTER, vault)
    assert 0 < remaining < rows
    assert rotate(database, REGISTER, vault, lambda _done: None).changed == remaining
    new = parse_keys(",".join(both.split(",")[:2]), "test")
    with reading(database) as connection:
        for at in (0, rows // 2, rows - 1):
            (row,) = queries.contacts_by_key(connection, new.lookups(number(at)))
            assert new.unseal(row.number_sealed) == number(at)
