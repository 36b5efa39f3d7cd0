"""S16: a phone is own or shared, as a list or the person says."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault
from outreach.people import rights
from outreach.people.audit import Asking
from outreach.people.queries import CONTACTS
from outreach.people.rules.values import value_of
from outreach.store.engine import reading
from tests.people.conftest import ANNA, Importer


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Own", "own"), ("ខ្លួនឯង", "own"), ("shared", "shared"), ("", "not_asked")],
)
def test_the_cell_is_read_in_both_languages(written: str, meant: str) -> None:
    assert value_of("phone_is", written) == meant


def test_s16_a_list_says_it_and_the_person_corrects_it(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer(["phone,own phone", "038 123 4567,own"])
    asked = Asking("dara", "Her brother uses it too")
    rights.correct(register, vault, clock, ANNA, {"phone_is": "shared"}, asked)
    importer(["phone,own phone", "038 123 4567,own"])  # no list changes it back
    with reading(register) as connection:
        assert connection.execute(CONTACTS.select()).one().phone_is == "shared"
    held = rights.show(register, vault, clock, ANNA, asked)
    assert held.person["phone_is"] == "shared"
