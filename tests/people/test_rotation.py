"""Keys are changed while everything goes on; nothing is lost, written over or found twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, LargeBinary, insert, select
from sqlmodel import SQLModel

from outreach.bootstrap import sealed_stores
from outreach.hotline.sealed import HELP_STORE
from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault, new_key, new_keys, parse_keys
from outreach.people import contacts, optout, queries, rights
from outreach.people.rights import Asking
from outreach.people.sealed import REGISTER
from outreach.people.tables import Community, SafeContact
from outreach.settings import load_settings
from outreach.store import rotation
from outreach.store.engine import reading, transaction
from outreach.store.rotation import left, rotate, uses
from outreach.store.sealed import OLDER_FORM
from tests.people.conftest import ANNA, GOOD, HEADER, LISTED, Importer
from tests.world import World

OLD_SEAL, OLD_LOOKUP = new_keys().split(",")
NEW_SEAL, NEW_LOOKUP = new_keys().split(",")
OLDER_LOOKUP = f"lookup-first={new_key('lookup').partition('=')[2]}"
STRANGER = "+855381230000"


def keys(*entries: str) -> Vault:
    return parse_keys(",".join(entries), "test")


OLD = keys(OLD_SEAL, OLD_LOOKUP)
BOTH = keys(NEW_SEAL, OLD_SEAL, NEW_LOOKUP, OLD_LOOKUP)
NEW = keys(NEW_SEAL, NEW_LOOKUP)


@pytest.fixture
def vault() -> Vault:
    """The old keys: what the importer seals with."""
    return OLD


def turn(engine: Engine, vault: Vault) -> int:
    return rotate(engine, REGISTER, vault, lambda _done: None).changed


def stop(engine: Engine, vault: Vault, clock: FixedClock, number: str) -> None:
    with transaction(engine) as connection:
        optout.opt_out(connection, vault, number, at=clock.now(), source="sms")


def number_under(engine: Engine, vault: Vault, number: str) -> str | None:
    with reading(engine) as connection:
        found = contacts.find_by_number(connection, vault, number)
        return contacts.number_of(connection, vault, found.id) if found else None


def rows_by_key(engine: Engine, vault: Vault) -> dict[str, int]:
    return {use.name: use.rows for use in uses(engine, REGISTER, vault)}


def names(*entries: str) -> Sequence[str]:
    return [entry.partition("=")[0] for entry in entries]


def test_s18_every_sealed_column_and_fingerprint_of_the_schema_is_declared() -> None:
    settings = load_settings(secret_keys=new_keys(), help_keys=new_keys())
    declared = {
        (sealed.table.name, name)
        for store, _ in sealed_stores(settings)
        for sealed in (*store.tables, *store.tombstones)
        for name in (*sealed.columns, sealed.fingerprint)
    }
    found = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) or column.name.endswith("_sealed")
    }
    # Sets of contacts' ids, for counting.
    assert found - declared == {("reach_people", "contacts"), ("reach_home", "contacts")}
    assert ("contact", "number_sealed") in found


def test_s18_after_a_rotation_the_old_keys_can_go(
    importer: Importer, register: Engine, clock: FixedClock
) -> None:
    importer([HEADER, GOOD, LISTED])
    stop(register, OLD, clock, ANNA)
    assert turn(register, BOTH) == 2
    assert number_under(register, NEW, ANNA) == ANNA
    with reading(register) as connection:
        assert queries.opted_out(connection, NEW.lookups(ANNA))
        assert len(queries.events(connection, NEW.lookups(ANNA))) == 2
    assert [use.name for use in uses(register, REGISTER, BOTH) if use.removable] == names(
        OLD_SEAL, OLD_LOOKUP
    )


def test_s18_cover_words_and_focal_persons_are_rotated_too(
    register: Engine, clock: FixedClock
) -> None:
    now = clock.now()
    community = Community(
        public_id="cm_1",
        kind="village",
        name_km="ភូមិ",
        name_en="Village",
        focal_sealed=OLD.seal(STRANGER),
        join_code="AB12",
        created_at=now,
    )
    safe = SafeContact(contact_id=7, cover_sealed=OLD.seal("rice"), set_at=now, ask_again_at=now)
    with transaction(register) as connection:
        for row in (community, safe):
            connection.execute(insert(type(row)).values(row.model_dump(exclude={"id"})))
    assert turn(register, BOTH) == 2
    with reading(register) as connection:
        for column, said in (
            (Community.focal_sealed, STRANGER),
            (SafeContact.cover_sealed, "rice"),
        ):
            assert NEW.unseal(connection.execute(select(column)).scalar_one()) == said


def test_a_second_rotation_finds_nothing_to_do(importer: Importer, register: Engine) -> None:
    importer([HEADER, GOOD])
    assert (left(register, REGISTER, BOTH), turn(register, BOTH)) == (1, 1)
    assert (left(register, REGISTER, BOTH), turn(register, BOTH)) == (0, 0)


def test_s14_a_strangers_stop_keeps_its_lookup_key_until_they_are_heard_of_again(
    importer: Importer, register: Engine, clock: FixedClock
) -> None:
    stop(register, OLD, clock, ANNA)
    turn(register, BOTH)
    (old_lookup,) = names(OLD_LOOKUP)
    # The tombstone, and the line of history beside it.
    assert rows_by_key(register, BOTH)[old_lookup] == 2
    assert old_lookup not in [u.name for u in uses(register, REGISTER, BOTH) if u.removable]
    with reading(register) as connection:
        assert queries.opted_out(connection, BOTH.lookups(ANNA))


def test_s24_what_is_left_of_somebody_forgotten_is_no_work_and_stays_forgotten(
    importer: Importer, register: Engine, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    asking = Asking("dara", "Asked at the office")
    rights.forget(register, OLD, clock, ANNA, asking)
    assert (left(register, REGISTER, BOTH), turn(register, BOTH)) == (0, 0)
    assert number_under(register, BOTH, ANNA) is None


def test_fingerprints_of_a_key_of_the_older_form_are_told_and_moved(
    register: Engine, clock: FixedClock
) -> None:
    older = keys(OLD_SEAL, OLDER_LOOKUP)
    stop(register, older, clock, STRANGER)
    both = keys(OLD_SEAL, NEW_LOOKUP, OLDER_LOOKUP)
    assert rows_by_key(register, both)["lookup-first"] == 2
    two = keys(OLD_SEAL, NEW_LOOKUP, OLDER_LOOKUP, f"lookup-second={NEW_SEAL.partition('=')[2]}")
    found = {use.name: (use.rows, use.removable) for use in uses(register, REGISTER, two)}
    assert found["lookup-first"] == found["lookup-second"] == (0, False)
    assert found[OLDER_FORM] == (2, False)


def test_a_stop_that_is_under_both_fingerprints_holds(
    importer: Importer, register: Engine, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    stop(register, OLD, clock, ANNA)
    with transaction(register) as connection:
        queries.put_opt_out(connection, BOTH.lookup(ANNA), "sms", clock.now())
        queries.end_opt_out(connection, [BOTH.lookup(ANNA)], clock.now() - timedelta(days=1))
    turn(register, BOTH)
    with reading(register) as connection:
        assert queries.opted_out(connection, NEW.lookups(ANNA))
        assert len(queries.opt_outs(connection, BOTH.lookups(ANNA))) == 1


def test_two_contacts_with_one_number_stay_two_and_are_told(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    with transaction(register) as connection:
        (row,) = queries.contacts_by_key(connection, OLD.lookups(ANNA))
        twin = {**row._mapping, "public_id": "co_2", "number_key": NEW.lookup(ANNA)}
        del twin["id"]
        connection.execute(queries.CONTACTS.insert().values(twin))
    assert turn(register, BOTH) == 2
    assert left(register, REGISTER, BOTH) == 1


@pytest.mark.parametrize("meanwhile", ["forgotten", "stopped"])
def test_s14_what_happens_between_reading_and_writing_a_chunk_is_not_written_over(
    importer: Importer,
    register: Engine,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
) -> None:
    importer([HEADER, GOOD])
    read = rotation._read

    def slowly(*given: object) -> object:
        rows = read(*given)  # type: ignore[arg-type]
        if rows and meanwhile == "forgotten":
            rights.forget(register, BOTH, clock, ANNA, Asking("dara", "Asked at the office"))
        elif rows:
            stop(register, BOTH, clock, ANNA)
        return rows

    monkeypatch.setattr(rotation, "_read", slowly)
    turn(register, BOTH)
    with reading(register) as connection:
        assert queries.opted_out(connection, BOTH.lookups(ANNA))
        found = contacts.find_by_number(connection, NEW, ANNA)
    assert (found.consent if found else None) == (None if meanwhile == "forgotten" else "opted_out")


def test_a_missing_sealing_key_is_named_before_anything_is_changed(
    importer: Importer, register: Engine
) -> None:
    importer([HEADER, GOOD])
    with pytest.raises(Unavailable, match=f"1 values are sealed with {names(OLD_SEAL)[0]}"):
        turn(register, NEW)


def test_a_value_that_was_altered_is_told_and_stays(importer: Importer, register: Engine) -> None:
    importer([HEADER, GOOD, LISTED])
    with transaction(register) as connection:
        (row,) = queries.contacts_by_key(connection, OLD.lookups(ANNA))
        broken = row.number_sealed[:-1] + bytes([row.number_sealed[-1] ^ 1])
        queries.set_contacts(connection, [{"b_id": row.id, "number_sealed": broken}])
    done = rotate(register, REGISTER, BOTH, lambda _done: None)
    assert (done.changed, done.unopened) == (1, 1)


def test_s19_the_help_store_is_rotated_with_its_own_keys(world: World) -> None:
    old, who = world.runtime.desk.help_vault, "+855380000009"
    world.text(who, "HELP")
    world.text(who, "9 call me")
    (seal, lookup) = (new_key("seal"), new_key("lookup"))
    given = world.runtime.settings.help_keys.get_secret_value()
    both = parse_keys(f"{seal},{lookup},{given}", "test")
    done = rotate(world.runtime.engine, HELP_STORE, both, lambda _done: None)
    assert done.changed > 2
    alone = parse_keys(f"{seal},{lookup}", "test")
    for sealed in HELP_STORE.tables:
        for row in world.all(sealed.table):
            assert alone.unseal(row._mapping[sealed.number]) == who
            assert row.number_key == alone.lookup(who) != old.lookup(who)
