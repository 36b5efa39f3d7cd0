"""STOP and START, of people we know and of strangers."""

from __future__ import annotations

from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault, new_keys, parse_keys
from outreach.people import contacts, optout, queries
from outreach.people.counting import counts
from outreach.store.engine import reading, transaction
from outreach.store.ledger import LEDGER
from tests.people.conftest import ANNA, GOOD, HEADER, Importer

STRANGER = "+855381230000"


def stop(engine: Engine, vault: Vault, clock: FixedClock, number: str) -> None:
    with transaction(engine) as connection:
        optout.opt_out(connection, vault, number, at=clock.now(), source="sms")


def start(engine: Engine, vault: Vault, clock: FixedClock, number: str) -> None:
    with transaction(engine) as connection:
        optout.start(connection, vault, number, at=clock.now(), source="sms")


def facts(engine: Engine) -> list[tuple[str, bool]]:
    with reading(engine) as connection:
        rows = connection.execute(LEDGER.select().order_by(LEDGER.c.id)).all()
    return [(row.detail, row.contact_id is None) for row in rows]


def consent(engine: Engine, vault: Vault, number: str) -> str | None:
    with reading(engine) as connection:
        found = contacts.find_by_number(connection, vault, number)
    return found.consent if found else None


def test_s14_stop_holds_until_start(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    stop(register, vault, clock, ANNA)
    assert consent(register, vault, ANNA) == "opted_out"
    start(register, vault, clock, ANNA)
    assert consent(register, vault, ANNA) == "consented"
    assert [detail for detail, _ in facts(register)] == ["consented", "opted_out", "consented"]


def test_saying_stop_twice_is_saying_it_once(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    stop(register, vault, clock, ANNA)
    stop(register, vault, clock, ANNA)
    assert len(facts(register)) == 2
    assert counts(register).opted_out == 1


def test_s14_a_stranger_can_say_stop(register: Engine, vault: Vault, clock: FixedClock) -> None:
    stop(register, vault, clock, STRANGER)
    assert counts(register).opted_out == 1
    assert facts(register) == [("opted_out", True)]
    start(register, vault, clock, STRANGER)
    assert counts(register).opted_out == 0


def test_s18_stop_is_found_under_a_former_lookup_key(register: Engine, clock: FixedClock) -> None:
    old = new_keys()
    stop(register, parse_keys(old, "test"), clock, STRANGER)
    fresh = new_keys()
    seal, lookup = old.split(",")
    fresh_seal, fresh_lookup = fresh.split(",")
    rotated = parse_keys(",".join((fresh_seal, seal, fresh_lookup, lookup)), "test")
    with reading(register) as connection:
        assert queries.opted_out(connection, rotated.lookups(STRANGER))
