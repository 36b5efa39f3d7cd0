"""A process that does not fit the keys of the database, or of the others at work, is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from outreach.hotline.sealed import HELP_STORE
from outreach.kernel.errors import Conflict, OutreachError, Refused, Unavailable
from outreach.kernel.sealing import Vault, new_key, new_keys, parse_keys
from outreach.people.sealed import REGISTER
from outreach.store import keyring
from outreach.store.engine import transaction
from outreach.store.keyring import KeyHolder, KeyRecord, admit, held
from outreach.store.rotation import rotate
from tests.world import World

SEAL, LOOKUP = new_keys().split(",")
SEAL_2, LOOKUP_2 = new_keys().split(",")
OLD, NEW_BEHIND = (SEAL, LOOKUP), (SEAL, SEAL_2, LOOKUP, LOOKUP_2)
NEW_FIRST, NEW = (SEAL_2, SEAL, LOOKUP_2, LOOKUP), (SEAL_2, LOOKUP_2)


def register(*entries: str) -> keyring.Sets:
    return [(REGISTER, vault(*entries))]


def vault(*entries: str) -> Vault:
    return parse_keys(",".join(entries), "test")


def enrol(world: World, *entries: str) -> None:
    keys = vault(*entries)
    world.enrol(1, number_key=keys.lookup("x"), number_sealed=keys.seal("x"))


def removed(engine: Engine) -> set[str]:
    with transaction(engine) as connection:
        query = select(KeyRecord.name).where(KeyRecord.removed_at.is_not(None))  # type: ignore[union-attr]
        return set(connection.execute(query).scalars())


def test_the_steps_of_a_rotation_are_let_through_beside_the_process_at_work(
    world: World, database: Engine
) -> None:
    enrol(world, *OLD)
    for before, after in ((OLD, NEW_BEHIND), (NEW_BEHIND, NEW_FIRST)):
        with held(database, register(*before)):
            admit(database, register(*after))
    with held(database, register(*NEW_FIRST)):
        admit(database, register(*NEW_FIRST), alike=True)
        rotate(database, REGISTER, vault(*NEW_FIRST), lambda _done: None)
    admit(database, register(*NEW))
    assert removed(database) == {SEAL.partition("=")[0], LOOKUP.partition("=")[0]}


@pytest.mark.parametrize(
    ("at_work", "comes", "said"),
    [
        (OLD, NEW_FIRST, "does not know seal-"),
        ((SEAL_2, LOOKUP), (SEAL_2, LOOKUP_2, LOOKUP), "does not know lookup-"),
        (NEW_FIRST, (SEAL, SEAL_2, LOOKUP), "still uses lookup-"),
    ],
)
def test_s18_who_would_seal_what_another_cant_open_is_refused(
    database: Engine, at_work: tuple[str, ...], comes: tuple[str, ...], said: str
) -> None:
    with held(database, register(*at_work)), pytest.raises(Conflict, match=said):
        admit(database, register(*comes))


def test_a_rotation_waits_until_every_process_seals_with_the_new_key(database: Engine) -> None:
    with held(database, register(*NEW_BEHIND)):
        admit(database, register(*NEW_FIRST))
        with pytest.raises(Conflict, match="still uses seal-"):
            admit(database, register(*NEW_FIRST), alike=True)


def test_a_process_that_is_refused_or_ends_is_no_longer_heard_of(database: Engine) -> None:
    with held(database, register(*OLD)), pytest.raises(Conflict), held(database, register(*NEW)):
        raise AssertionError("it was let in")
    admit(database, register(*NEW))


def test_a_process_that_died_is_waited_for_a_minute(database: Engine) -> None:
    keyring._be_seen(database, register(*OLD), "kh_dead")
    with pytest.raises(Conflict):
        admit(database, register(*NEW_FIRST))
    with transaction(database) as connection:
        before = keyring.database_now(connection) - keyring._TERM * 1.1
        connection.execute(update(KeyHolder).values(seen_at=before))
    admit(database, register(*NEW_FIRST))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((SEAL_2, LOOKUP), "seal-.* is missing from the setting, and 1 values of the register"),
        ((SEAL, LOOKUP_2), "lookup-.* is missing from the setting, and 1 values of the register"),
        (
            (f"{SEAL.partition('=')[0]}={SEAL_2.partition('=')[2]}", LOOKUP),
            "is not the key that this database was used with under that name",
        ),
    ],
)
def test_s18_a_set_that_cant_open_what_is_there_is_refused(
    world: World, database: Engine, given: tuple[str, ...], said: str
) -> None:
    enrol(world, *OLD)
    admit(database, register(*OLD))
    with pytest.raises(Refused, match=said):
        admit(database, register(*given))


def test_a_database_from_before_keys_were_noted_is_looked_at(world: World) -> None:
    enrol(world, *OLD)
    with pytest.raises(Unavailable, match="1 values are sealed with seal-"):
        admit(world.runtime.engine, register(*NEW))
    admit(world.runtime.engine, register(*OLD))


def test_s19_two_settings_that_were_swapped_are_noticed_in_an_empty_database(
    database: Engine,
) -> None:
    one, other = vault(*OLD), vault(*NEW)
    admit(database, [(REGISTER, one), (HELP_STORE, other)])
    with pytest.raises(Refused, match="are the two swapped"):
        admit(database, [(REGISTER, other), (HELP_STORE, one)])


def test_no_refusal_shows_a_key(world: World, database: Engine) -> None:
    enrol(world, *OLD)
    admit(database, register(*OLD))
    other = vault(SEAL.partition("=")[0] + "=" + new_key("seal").partition("=")[2], LOOKUP)
    for given in (vault(*NEW), other):
        with pytest.raises(OutreachError) as refused:
            admit(database, [(REGISTER, given)])
        for entry in (*OLD, *NEW):
            assert entry.partition("=")[2][:8] not in str(refused.value)
