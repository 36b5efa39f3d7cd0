"""Coverage says how many are missing where, of whom a file says that they are there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput
from outreach.reach import fold as folding
from outreach.reach import populations
from outreach.reach.coverage import coverage, load_populations
from outreach.reach.rules.allocation import Population
from outreach.store.ledger import Fact
from tests.reach.history import START
from tests.reach.test_fold import write

HEAD = "province,audience,people,source,date\n"
PROVINCES = {"01": "Banteay Meanchey", "02": "Battambang"}


def people(province: str, number: int, audience: str = "aspirant") -> Population:
    return Population(province, audience, number, "an example, not a survey", date(2025, 6, 30))


def sms(contact: int, province: str, audience: str) -> list[Fact]:
    base: dict[str, Any] = {"contact_id": contact, "campaign_id": 1, "attempt_id": contact}
    base |= {"channel": "sms", "province": province, "audience": audience}
    paid = {"amount": 1, "cost_micro": 40_000, "currency": "USD"}
    taken = Fact("attempt.accepted", START, **base, **paid)
    return [taken, Fact("attempt.delivered", START, detail="sent", **base)]


def test_the_largest_gap_comes_first_and_what_is_assumed_is_said(database: Engine) -> None:
    cells = [("01", "aspirant")] * 3 + [("02", "aspirant")] * 2 + [("01", "not_asked")]
    for contact, (province, audience) in enumerate(cells, start=1):
        write(database, sms(contact, province, audience))
    folding.fold(database)
    asked = [people("01", 10), people("02", 100), people("02", 1, "family")]
    found = coverage(database, asked)
    assert [(c.population.province, c.reached, c.gap) for c in found.cells] == [
        ("02", 2, 98),
        ("01", 3, 7),
        ("02", 0, 1),
    ]
    assert found.cells[0].share == 0.02
    assert (found.reached, found.cost_per_reached) == (6, Decimal("0.0400"))
    assert found.cells[0].to_close == Decimal("3.92")
    assert found.unplaced == {"01, not_asked": 1}
    assert any("nobody checked" in line for line in found.assumed)


def test_more_reached_than_there_are_is_shown_as_it_is(database: Engine) -> None:
    for contact in (1, 2, 3):
        write(database, sms(contact, "01", "aspirant"))
    folding.fold(database)
    (cell,) = coverage(database, [people("01", 2)]).cells
    assert (cell.share, cell.gap) == (1.5, 0)


def test_nothing_sent_yet_prices_nothing(database: Engine) -> None:
    folding.fold(database)
    (cell,) = coverage(database, [people("01", 20)]).cells
    assert (cell.reached, cell.gap, cell.to_close) == (0, 20, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("province,people\n01,3\n", "Columns differ"),
        (HEAD + "99,aspirant,10,s,2025-06-30\n", "no population"),
        (HEAD + "01,everybody,10,s,2025-06-30\n", "no population"),
        (HEAD + "01,aspirant,ten,s,2025-06-30\n", "no population"),
        (HEAD + "01,aspirant,0,s,2025-06-30\n", "no population"),
        (HEAD + "01,aspirant,10,,2025-06-30\n", "no population"),
        (HEAD + "01,aspirant,10,s,last year\n", "no population"),
        (HEAD + "01,aspirant,10,s,2025-06-30\n" * 2, "there already"),
        (HEAD, "No population"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=says):
        load_populations(path, PROVINCES)


def test_populations_are_kept_version_by_version(database: Engine) -> None:
    clock, first = FixedClock(START), [people("01", 10), people("02", 7, "family")]
    assert populations.kept(database) == ()
    assert populations.keep(database, clock, first, by="dara") == 1
    assert populations.keep(database, clock, first, by="dara") == 1
    assert populations.kept(database) == tuple(first)
    assert populations.keep(database, clock, first[:1], by="dara") == 2
    assert populations.kept(database) == tuple(first[:1])


def test_the_shipped_example_is_read(tmp_path: Path) -> None:
    example = Path("campaigns/populations.example.csv")
    found = load_populations(example, {f"{n:02}": "" for n in range(1, 26)})
    assert found
    assert all("EXAMPLE" in population.source for population in found)
