"""STOP against an import at the same moment: STOP always wins (S14)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waiting

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault
from outreach.people import contacts, enrolment, optout
from outreach.people.enrolment import Tally
from outreach.people.rules.numbers import Number, parse_number
from outreach.people.rules.row import Entry, Evidence
from outreach.store.engine import reading, transaction
from tests.people.conftest import ANNA, GOOD, HEADER, Importer

EVIDENCE = Evidence("paper form", "2026-02-14", "v1")


def entry(sex: str) -> Entry:
    number = parse_number(ANNA)
    assert isinstance(number, Number)
    return Entry(number, {"sex": sex}, EVIDENCE)


def stop(engine: Engine, vault: Vault, clock: FixedClock) -> None:
    with transaction(engine) as connection:
        optout.opt_out(connection, vault, ANNA, at=clock.now(), source="sms")


@pytest.mark.parametrize("known_before", [True, False])
def test_s14_a_stop_that_comes_while_an_import_writes_is_not_lost(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock, known_before: bool
) -> None:
    if known_before:
        importer([HEADER, GOOD])
    with ThreadPoolExecutor(1) as other:
        with transaction(register) as connection:
            found = enrolment.found(entry("male"), vault)
            enrolment.enrol(connection, [found], clock.now(), Tally())
            waiting = other.submit(stop, register, vault, clock)
            with pytest.raises(Waiting):
                waiting.result(timeout=0.1)
        waiting.result(timeout=20)
    with reading(register) as connection:
        found = contacts.find_by_number(connection, vault, ANNA)
    assert found
    assert found.consent == "opted_out"


@pytest.mark.parametrize("known_before", [True, False])
def test_s14_an_import_that_comes_while_a_stop_is_written_sees_it(
    importer: Importer,
    register: Engine,
    vault: Vault,
    clock: FixedClock,
    known_before: bool,
) -> None:
    if known_before:
        importer([HEADER, GOOD])
    with ThreadPoolExecutor(1) as other:
        with transaction(register) as connection:
            optout.opt_out(connection, vault, ANNA, at=clock.now(), source="sms")
            waiting = other.submit(importer, [HEADER, GOOD])
            with pytest.raises(Waiting):
                waiting.result(timeout=0.1)
        assert waiting.result(timeout=20).opted_out == 1
    with reading(register) as connection:
        found = contacts.find_by_number(connection, vault, ANNA)
    assert found
    assert found.consent == "opted_out"
