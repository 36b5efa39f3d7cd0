"""A grant's file is checked whole, every version stays, and nothing published can be subtracted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.planning.audience.queries import CAMPAIGNS
from outreach.reach import fold as folding
from outreach.reach.grants import keeping
from outreach.reach.grants.results import PeriodResult, results
from outreach.reach.iati.activity import activity
from outreach.store.engine import transaction
from outreach.store.ledger import Fact
from tests.reach.history import START
from tests.reach.test_fold import write

DATA = Path(__file__).parent / "data"
EXAMPLE = (DATA / "grant.yaml").read_text()
NOW = FixedClock(START + timedelta(days=200))
PROVINCES = {"01": "Banteay Meanchey", "02": "Battambang", "03": "Kampong Cham"}
LATER = Fact("delivery.suppressed", START + timedelta(days=190), detail="no_consent")


@pytest.fixture
def campaigns(database: Engine) -> Engine:
    """A database with three campaigns, 1 `safe`, 2 `other` and 3 `third`."""
    with transaction(database) as connection:
        for number, slug in ((1, "safe"), (2, "other"), (3, "third")):
            row = {"id": number, "public_id": slug, "slug": slug, "name_km": slug, "name_en": slug}
            row |= {"digest": "", "loaded_at": START, "audience": {}, "retry": {}}
            connection.execute(CAMPAIGNS.insert().values(row))
    return database


def load(engine: Engine, folder: Path, text: str = EXAMPLE) -> keeping.KeptGrant:
    path = folder / "grant.yaml"
    path.write_text(text)
    return keeping.load(engine, NOW, path, by="dara")


def reached(
    contacts: range, province: str, *, campaign: int = 1, days: int = 0, sex: str = "female"
) -> Iterator[Fact]:
    """An SMS to each."""
    for contact in contacts:
        base: dict[str, Any] = {"contact_id": contact, "campaign_id": campaign, "channel": "sms"}
        base |= {"province": province, "sex": sex, "attempt_id": contact * 100 + campaign}
        yield Fact("attempt.delivered", START + timedelta(days=days), detail="sent", **base)


def first(engine: Engine, folder: Path) -> PeriodResult:
    """What came of the first quarter."""
    folding.fold(engine)
    (found,) = results(engine, load(engine, folder).grant)
    return found.periods[0]


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    campaigns: Engine, tmp_path: Path
) -> None:
    assert load(campaigns, tmp_path).version == 1
    assert load(campaigns, tmp_path).version == 1
    kept = load(campaigns, tmp_path, EXAMPLE.replace('"900.00"', '"950.00"'))
    assert (kept.version, kept.loaded_by) == (2, "dara")
    amounts = [
        keeping.show(campaigns, "example-2026", version).grant.costs[1].amount
        for version in (1, 2, None)
    ]
    assert amounts == [Decimal("900.00"), Decimal("950.00"), Decimal("950.00")]
    assert [kept.version for kept in keeping.every(campaigns)] == [2]
    with pytest.raises(NotFound, match="no grant"):
        keeping.show(campaigns, "example-2026", 3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2026-01-01, until: 2026-03-31", "2026-01-02, until: 2026-03-31", "whole months"),
        ("2026-07-01, until: 2026-12-31", "2026-03-01, until: 2026-12-31", "two periods overlap"),
        ('"15190": 50', '"15190": 51', "100 percent"),
        ('"15190"', '"15170"', "sectors are some of"),
        ("measure: reached", "measure: helped", "indicators.0.measure"),
        ("by: [province, sex]", "by: [topic]", "indicators.0.by.0"),
        ("until: 2026-12-31", "until: 2025-12-31", "ends before it begins"),
        ("campaigns: [safe]", "campaigns: [safe, safe]", "twice"),
        ("kind: staff", "kind: bribe", "costs.1.kind"),
        ("title: Safe", "titel: Safe", "titel"),
        ("slug: example-2026", "slug: [", "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    campaigns: Engine, tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in EXAMPLE
    with pytest.raises(BadInput, match=says):
        load(campaigns, tmp_path, EXAMPLE.replace(old, new, 1))


def test_s27_a_grants_people_cannot_be_subtracted_from_anothers_or_from_an_earlier_version(
    campaigns: Engine, tmp_path: Path
) -> None:
    load(campaigns, tmp_path)
    more = EXAMPLE.replace("campaigns: [safe]", "campaigns: [safe, other]")
    with pytest.raises(Conflict, match="not the same"):
        load(campaigns, tmp_path, more)
    with pytest.raises(Conflict, match="not the same"):
        load(campaigns, tmp_path, more.replace("example-2026", "second"))
    shorter = EXAMPLE.replace("2026-07-01, until: 2026-12-31", "2026-07-01, until: 2026-07-31")
    with pytest.raises(Conflict, match="overlaps"):
        load(campaigns, tmp_path, shorter)
    apart = EXAMPLE.replace("campaigns: [safe]", "campaigns: [other]")
    assert load(campaigns, tmp_path, apart.replace("example-2026", "second")).version == 1
    with pytest.raises(NotFound):
        load(campaigns, tmp_path, EXAMPLE.replace("[safe]", "[nowhere]"))


def test_people_are_counted_once_over_the_period(campaigns: Engine, tmp_path: Path) -> None:
    write(campaigns, [*reached(range(1, 31), "01"), *reached(range(31, 61), "02", sex="male")])
    # The same people again: all of them, so that no month tells who is new.
    write(campaigns, [*reached(range(1, 31), "01", days=3), LATER])
    found = first(campaigns, tmp_path)
    assert (found.over, found.total) == (True, 60)
    assert found.cells == {
        ("province", "01"): 30,
        ("province", "02"): 30,
        ("sex", "female"): 30,
        ("sex", "male"): 30,
    }


def test_a_period_that_is_not_over_has_no_figure(campaigns: Engine, tmp_path: Path) -> None:
    write(campaigns, [*reached(range(1, 31), "01")])
    found = first(campaigns, tmp_path)
    assert (found.over, found.total) == (False, None)


@pytest.mark.parametrize(
    ("facts", "total", "hidden"),
    [
        # Five in a province take another one with them.
        ([(range(1, 6), "01", 1, 0), (range(6, 40), "02", 1, 0)], 39, {"01", "02"}),
        # Four were reached by another campaign alone: all campaigns' month less ours is four.
        ([(range(1, 41), "01", 1, 0), (range(41, 45), "01", 2, 0)], None, {"01"}),
        # Three were reached in January and not in March.
        ([(range(1, 41), "01", 1, 0), (range(41, 44), "01", 1, -50)], None, {"01"}),
        # Three were reached in both months.
        ([(range(1, 41), "01", 1, 0), (range(38, 61), "01", 1, -50)], None, {"01"}),
        # Enough everywhere.
        ([(range(1, 41), "01", 1, 0), (range(20, 61), "01", 1, -50)], 60, set()),
    ],
)
def test_s27_a_grants_figure_does_not_tell_beside_the_months_of_all_campaigns(
    campaigns: Engine, tmp_path: Path, facts: list[Any], total: int | None, hidden: set[str]
) -> None:
    for contacts, province, campaign, days in facts:
        write(campaigns, [*reached(contacts, province, campaign=campaign, days=days)])
    write(campaigns, [LATER])
    found = first(campaigns, tmp_path)
    assert found.total == total
    provinces = {v: n for (name, v), n in found.cells.items() if name == "province"}
    assert {value for value, number in provinces.items() if number is None} == hidden


@pytest.mark.parametrize(
    ("safe", "other", "third", "total"),
    [
        # Five whom `safe` did not reach: the grant's number less that campaign's.
        (range(1, 31), range(6, 36), range(100, 161), None),
        # Five whom both reached: the campaigns' sum less the grant's number.
        (range(1, 31), range(26, 61), range(50, 161), None),
        # Enough everywhere.
        (range(1, 31), range(16, 61), range(50, 161), 60),
    ],
)
def test_s27_a_grants_figure_does_not_tell_beside_its_campaigns(
    campaigns: Engine, tmp_path: Path, safe: range, other: range, third: range, total: int | None
) -> None:
    for number, contacts in enumerate((safe, other, third), start=1):
        write(campaigns, [*reached(contacts, "01", campaign=number)])
    write(campaigns, [LATER])
    folding.fold(campaigns)
    grant = load(campaigns, tmp_path, EXAMPLE.replace("[safe]", "[safe, other]")).grant
    (found,) = results(campaigns, grant)
    assert found.periods[0].total == total


def test_the_activity_is_valid_iati_and_hides_what_is_hidden(
    campaigns: Engine, tmp_path: Path
) -> None:
    write(campaigns, [*reached(range(1, 31), "01"), *reached(range(31, 61), "02", sex="male")])
    write(campaigns, [*reached(range(61, 65), "03", sex="male"), LATER])
    folding.fold(campaigns)
    kept = load(campaigns, tmp_path)
    text = activity(kept, results(campaigns, kept.grant), PROVINCES, NOW.now())
    schema = etree.XMLSchema(etree.parse(DATA / "iati" / "iati-activities-schema.xsd"))
    document = etree.fromstring(text)
    schema.assertValid(document)
    assert document.xpath("//sector/@code") == ["15190", "15180", "16070"]
    assert document.xpath("//baseline/@value") == ["0"]
    assert document.xpath("//target/@value") == ["100", "200"]
    assert document.xpath("//transaction/value/text()") == ["210.00", "900.00"]
    quarter, next_one = document.xpath("//period")
    whole = quarter.xpath("actual[not(dimension)]")
    assert [found.get("value") for found in whole] == ["64"]
    assert "left out" in whole[0].findtext("comment/narrative")
    cells = {
        (cell.find("dimension").get("name"), cell.find("dimension").get("value")): cell.get("value")
        for cell in quarter.xpath("actual[dimension]")
    }
    # Four in a third province take another one with them; everybody's sex is shown.
    assert cells == {
        ("province", "02"): "30",
        ("sex", "female"): "30",
        ("sex", "male"): "34",
    }
    assert quarter.xpath("actual/location/@ref") == ["KH-province-02"]
    assert next_one.xpath("actual") == []
    assert "not known" in next_one.findtext("target/comment/narrative").lower()
    places = document.xpath("//iati-activity/location/@ref")
    assert places == [f"KH-province-{code}" for code in PROVINCES]


def test_s28_the_activity_claims_outputs_and_no_victims(campaigns: Engine, tmp_path: Path) -> None:
    write(campaigns, [LATER])
    folding.fold(campaigns)
    kept = load(campaigns, tmp_path)
    text = activity(kept, results(campaigns, kept.grant), PROVINCES, NOW.now()).decode()
    assert "These are outputs" in text
    for word in ("victim", "prevalence", "prevented", "people trained."):
        assert word not in text.lower().replace("not people trained", "")
    assert date(2026, 1, 1).isoformat() in text
