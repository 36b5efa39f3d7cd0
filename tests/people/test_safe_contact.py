"""S5, S6: how a person may be reached, kept sealed, asked again, and never set by an SMS."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.people.persons import queries, safe
from outreach.people.persons.safe import Settings
from outreach.people.rights import show
from outreach.people.rules.safe import read_days, read_hours
from outreach.store.engine import reading
from tests.people.conftest import ANNA, GOOD, HEADER, Importer

ASKED = Asking("dara", "She told us by phone")
WHOLE = Settings("voice", "18:30-21:00", "sat,sun", "km", "ស្វាយ", stop_reply=False)


def test_s5_what_a_person_set_is_kept_and_audited_and_the_cover_word_sealed(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    assert safe.show(register, vault, clock, ANNA, ASKED) is None
    safe.put(register, vault, clock, ANNA, WHOLE, ASKED)
    kept = safe.show(register, vault, clock, ANNA, ASKED)
    assert kept is not None
    assert (kept.settings.hours, kept.settings.days) == ("18:30-21:00", "67")
    assert (kept.settings.cover, kept.settings.stop_reply) == ("ស្វាយ", False)
    assert kept.ask_again_at == clock.now() + safe.ASK_AGAIN
    assert "ស្វាយ" not in repr(kept)
    with reading(register) as connection:
        (row,) = connection.execute(queries.SAFE.select()).all()
    assert "ស្វាយ".encode() not in row.cover_sealed
    held = show(register, vault, clock, ANNA, ASKED)
    assert [line["action"] for line in held.audit] == ["safe_show", "safe_set", "safe_show", "show"]
    assert held.safe["cover"] == "ស្វាយ"


def test_s5_the_channel_and_language_are_the_persons_own_words(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    safe.put(register, vault, clock, ANNA, Settings("voice", language="th"), ASKED)
    importer([HEADER, GOOD])
    person = show(register, vault, clock, ANNA, ASKED).person
    assert (person["channel"], person["language"]) == ("voice", "th")
    assert person["own_words"] == ["channel", "language"]


def test_s5_settings_are_asked_again_and_cleared(
    importer: Importer, register: Engine, vault: Vault, clock: FixedClock
) -> None:
    importer([HEADER, GOOD])
    safe.put(register, vault, clock, ANNA, WHOLE, ASKED, timedelta(days=30))
    assert safe.overdue(register, vault, clock) == []
    clock.advance(timedelta(days=30))
    (due,) = safe.overdue(register, vault, clock)
    assert due.masked == "+855•••••••67"
    assert safe.clear(register, vault, clock, ANNA, ASKED)
    assert not safe.clear(register, vault, clock, ANNA, ASKED)
    assert safe.overdue(register, vault, clock) == []


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        (Settings(channel="fax"), "--channel"),
        (Settings(hours="evening"), "--hours"),
        (Settings(hours="25:00-26:00"), "--hours"),
        (Settings(hours="18:00-18:00"), "--hours"),
        (Settings(days="someday"), "--days"),
        (Settings(language="fr"), "--language"),
        (Settings(cover="x" * 41), "--cover"),
        (Settings(cover="038 123 4567"), "--cover"),
    ],
)
def test_what_is_wrong_is_told(settings: Settings, where: str) -> None:
    with pytest.raises(BadInput, match=where):
        safe.read(settings)


def test_a_stranger_has_no_settings(register: Engine, vault: Vault, clock: FixedClock) -> None:
    for act in (safe.show, safe.clear):
        with pytest.raises(NotFound):
            act(register, vault, clock, ANNA, ASKED)
    with pytest.raises(NotFound):
        safe.put(register, vault, clock, ANNA, WHOLE, ASKED)


def test_hours_and_days_are_read_in_khmer_digits_and_any_order() -> None:
    assert read_hours("១៨:៣០ – ២១:០០") == "18:30-21:00"
    assert read_days("Sunday, sat") == "67"
