"""S24: a person can ask what is held, have it corrected, and be forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.sealing import Vault, new_keys, parse_keys
from outreach.people import contacts, optout, queries, rights
from outreach.people.counting import counts
from outreach.people.importing import import_contacts
from outreach.people.rights import Asking
from outreach.store.engine import make_engine, reading, transaction
from outreach.store.ledger import LEDGER
from tests.people.conftest import ANNA, GOOD, HEADER, LISTED, Importer

ASKED = Asking("dara", "She asked at the office")
WRITTEN = "០៣៨ ១២៣ ៤៥៦៧"


def rows(engine: Engine, table: Any) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(table.select().order_by(*table.primary_key)))


def known(engine: Engine, vault: Vault) -> contacts.ContactView | None:
    with reading(engine) as connection:
        return contacts.find_by_number(connection, vault, ANNA)


def test_s24_shown_is_all_that_is_held_and_no_number(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    held = rights.show(register, vault, clock, WRITTEN, ASKED)
    assert (held.person["sex"], held.person["commune"]) == ("female", "010201")
    assert [(h["after"], h["how"], h["wording"]) for h in held.history] == [
        ("consented", "paper form", "v1")
    ]
    assert [(a["action"], a["by"]) for a in held.audit] == [("show", "dara")]
    assert "1234567" not in repr(held)


def test_of_a_stranger_only_a_stop_is_known(
    register: Engine, vault: Vault, clock: FixedClock
) -> None:
    assert rights.show(register, vault, clock, ANNA, ASKED).stopped_at is None
    with transaction(register) as connection:
        optout.opt_out(connection, vault, ANNA, at=clock.now(), source="sms")
    held = rights.show(register, vault, clock, ANNA, ASKED)
    assert (held.contact_id, held.stopped_at) == (None, clock.now())
    assert [item["after"] for item in held.history] == ["opted_out"]


def test_s24_what_a_person_corrects_no_list_changes_back(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    said = {"sex": "ប្រុស", "commune": "170101", "language": ""}
    assert rights.correct(register, vault, clock, ANNA, said, ASKED) == (
        "commune", "province", "sex",
    )  # fmt: skip
    assert importer([HEADER, GOOD]).unchanged == 1
    person = rights.show(register, vault, clock, ANNA, ASKED).person
    assert (person["sex"], person["province"], person["commune"]) == ("male", "17", "170101")
    assert rights.correct(register, vault, clock, ANNA, {"sex": "-"}, ASKED) == ("sex",)
    assert rights.show(register, vault, clock, ANNA, ASKED).person["sex"] == "not_asked"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sex": "purple"}, "sex"),
        ({"consent": "consented"}, "'consent'"),
        ({"commune": "សំរោង"}, "commune"),
        ({"age_band": "2001-02-03"}, "age_band"),
        ({}, "Nothing is given"),
    ],
)
def test_a_wrong_correction_is_refused_and_changes_nothing(
    importer: Importer,
    register: Engine,
    vault: Vault,
    clock: FixedClock,
    given: dict[str, str],
    said: str,
) -> None:
    importer([HEADER, GOOD])
    before = rows(register, queries.CONTACTS)
    with pytest.raises(BadInput, match=said):
        rights.correct(register, vault, clock, ANNA, given, ASKED)
    assert rows(register, queries.CONTACTS) == before


def test_a_stranger_cant_be_corrected(register: Engine, vault: Vault, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        rights.correct(register, vault, clock, ANNA, {"sex": "f"}, ASKED)


def test_s24_a_forgotten_person_leaves_a_tombstone_and_the_counts(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD, LISTED])
    before = rows(register, LEDGER)
    assert rights.forget(register, vault, clock, WRITTEN, ASKED)
    assert rows(register, LEDGER)[: len(before)] == before
    last = rows(register, LEDGER)[-1]
    assert (last.detail, last.province, last.sex) == ("forgotten", "01", "female")
    assert known(register, vault) is None
    gone, other = rows(register, queries.CONTACTS)
    assert (gone.number_sealed, gone.sex, gone.commune) == (b"", "not_asked", "not_asked")
    assert other.sex == "male"
    assert counts(register).registered == 0
    # No moment that is found in the ledger leads from the tombstone to what was counted.
    (tomb,) = rows(register, queries.OPT_OUTS)
    assert tomb.source == "forgotten"
    assert tomb.at not in {fact.at for fact in rows(register, LEDGER)}
    assert tomb.number_key not in {event.number_key for event in rows(register, queries.EVENTS)}


def test_s24_no_list_brings_a_forgotten_person_back_only_start_does(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    rights.forget(register, vault, clock, ANNA, ASKED)
    assert importer([HEADER, GOOD]).opted_out == 1
    found = known(register, vault)
    assert found is not None
    assert found.consent == "opted_out"
    rights.forget(register, vault, clock, ANNA, ASKED)
    with transaction(register) as connection:
        optout.start(connection, vault, ANNA, at=clock.now(), source="sms")
    importer([HEADER, GOOD])
    found = known(register, vault)
    assert found is not None
    assert found.consent == "consented"


def test_s24_a_stranger_can_be_forgotten_and_under_former_keys_too(
    register: Engine, clock: FixedClock
) -> None:
    old, new = new_keys(), new_keys()
    with transaction(register) as connection:
        optout.opt_out(connection, parse_keys(old, "test"), ANNA, at=clock.now(), source="sms")
    both = parse_keys(f"{new},{old}", "test")
    assert not rights.forget(register, both, clock, ANNA, ASKED)
    (tomb,) = rows(register, queries.OPT_OUTS)
    assert tomb.number_key == both.lookup(ANNA)
    assert rows(register, queries.EVENTS) == []


def test_s24_nothing_sealed_stays_in_the_raw_file(
    tmp_path: Path, vault: Vault, clock: FixedClock
) -> None:
    path = tmp_path / "register.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    source = tmp_path / "people.csv"
    source.write_text("phone\n038 123 4567\n" + "".join(f"038 200 00{n}\n" for n in range(10, 60)))
    import_contacts(
        engine,
        vault,
        clock,
        source,
        dry_run=False,
        rejects_path=tmp_path / "rejected.csv",
        progress=lambda _rows, _of: None,
    )
    before = rows(engine, queries.CONTACTS)[0]
    rights.forget(engine, vault, clock, ANNA, ASKED)
    engine.dispose()  # The last connection writes the log back into the file.
    raw = path.read_bytes()
    assert before.public_id.encode() in raw
    assert before.number_sealed not in raw


@pytest.mark.parametrize("reason", ["", "x", "y" * 300])
def test_without_a_reason_nothing_is_done(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock, reason: str
) -> None:
    importer([HEADER, GOOD])
    for act in (rights.show, rights.forget):
        with pytest.raises(BadInput, match="reason"):
            act(register, vault, clock, ANNA, Asking("dara", reason))
    assert known(register, vault) is not None
    assert rows(register, queries.AUDIT) == []


def test_s18_a_number_in_a_reason_is_masked(
    register: Engine, vault: Vault, clock: FixedClock
) -> None:
    rights.show(register, vault, clock, ANNA, Asking("dara", f"She called from {ANNA}"))
    assert [row.reason for row in rows(register, queries.AUDIT)] == ["She called from [number]"]


@pytest.mark.parametrize("written", ["", "12", "not a number"])
def test_what_is_no_number_is_told_without_repeating_it(
    register: Engine, vault: Vault, clock: FixedClock, written: str
) -> None:
    with pytest.raises(BadInput, match="phone number"):
        rights.show(register, vault, clock, written, ASKED)
