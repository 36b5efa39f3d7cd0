"""An IATI activity stays as it was published, and a later version says what is new in it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, NotFound
from outreach.people.audit import Asking
from outreach.reach import fold as folding
from outreach.reach.grants import keeping
from outreach.reach.iati.history import Said, changes, results_in
from outreach.reach.publications import links, publishing
from outreach.reach.publications.activities import (
    Activity,
    activities,
    publish_activity,
    published_activity,
)
from outreach.reach.publications.standing import standing_results
from tests.reach.history import START
from tests.reach.test_fold import write
from tests.reach.test_grants import DATA, EXAMPLE, LATER, campaigns, load, reached

__all__ = ["campaigns"]
WHO = Asking("dara", "the donor asks for it")
GRANT, QUARTER = "example-2026", "example-2026:reached:reached:2026-01:2026-03"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START + timedelta(days=200))


@pytest.fixture
def office(campaigns: Engine, tmp_path: Path) -> Engine:
    """Forty people were reached in the grant's first quarter."""
    write(campaigns, [*reached(range(1, 21), "01"), *reached(range(21, 41), "02", sex="male")])
    write(campaigns, [LATER])
    folding.fold(campaigns)
    load(campaigns, tmp_path)
    return campaigns


def publish(engine: Engine, clock: FixedClock) -> Activity:
    clock.advance(timedelta(days=1))
    folding.fold(engine)
    return publish_activity(engine, clock, GRANT, WHO)


def parsed(engine: Engine, version: int | None = None) -> Any:
    """A version, which must be valid."""
    document = etree.fromstring(published_activity(engine, GRANT, version))
    schema = etree.parse(DATA / "iati" / "iati-activities-schema.xsd")
    etree.XMLSchema(schema).assertValid(document)
    return document.find("iati-activity")


def test_the_same_facts_again_are_the_same_file(office: Engine, clock: FixedClock) -> None:
    made = publish(office, clock)
    file = published_activity(office, GRANT)
    assert publish(office, clock) == made
    assert (made.version, made.period, made.by) == (1, "2026-01..2026-12", "dara")
    assert published_activity(office, GRANT, 1) == file
    assert made.sha256 == hashlib.sha256(file).hexdigest()
    assert parsed(office).get("last-updated-datetime") == made.as_of.isoformat()


def test_a_later_version_says_what_is_new_and_the_earlier_one_stays(
    office: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    first, file = publish(office, clock), published_activity(office, GRANT)
    text = EXAMPLE.replace('"900.00"', '"950.00"').replace("value: 200", "value: 250")
    load(office, tmp_path, text.replace("12000.00", "13000.00"))
    second = publish(office, clock)
    assert [made.version for made in activities(office)] == [1, 2]
    assert published_activity(office, GRANT, 1) == file != published_activity(office, GRANT)
    top = parsed(office)
    assert top.get("last-updated-datetime") == second.as_of.isoformat() > first.as_of.isoformat()
    assert top.findtext("description[@type='4']/narrative") == second.note
    assert second.note.startswith("This is version 2 of what was published. New since version 1 of")
    for said in (
        "transaction of 2026-03-31, staff: a worker for a month: 950.00 USD, was 900.00 USD",
        "target of People reached, 2026-07-01 to 2026-12-31: 250, was 200",
        "budget of 2026-01-01 to 2026-12-31: 13000.00 USD, was 12000.00 USD",
    ):
        assert said in second.note
    assert second.note.count("was") == 4  # "what was published", and the three


def test_a_period_that_is_over_now_is_new_and_says_so(
    campaigns: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    write(campaigns, [*reached(range(1, 41), "01")])
    load(campaigns, tmp_path)
    assert publish(campaigns, clock).version == 1
    assert results_in(published_activity(campaigns, GRANT).decode()) == {}
    write(campaigns, [LATER])
    assert "People reached, 2026-01-01 to 2026-03-31: 40, new" in publish(campaigns, clock).note


def test_s27_late_news_changes_no_result_that_an_activity_gave(
    office: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    publish(office, clock)
    said = {QUARTER: Said(40, {("province", "01"): 20, ("province", "02"): 20,
                               ("sex", "female"): 20, ("sex", "male"): 20})}  # fmt: skip
    assert results_in(published_activity(office, GRANT).decode()) == said
    # Three more; a cell in which there was nobody; and one who is there already, in another cell.
    write(office, [*reached(range(101, 104), "01"), *reached(range(110, 130), "03")])
    write(office, [*reached(range(1, 2), "02", days=1)])
    assert publish(office, clock).version == 1
    load(office, tmp_path, EXAMPLE.replace('"900.00"', '"950.00"'))
    assert publish(office, clock).version == 2
    assert results_in(published_activity(office, GRANT).decode()) == said
    (found,) = standing_results(office, keeping.show(office, GRANT).grant)
    assert (found.periods[0].total, found.periods[0].cells["province", "03"]) == (40, None)


CALLED = """
  - code: called
    title: People called
    definition: People whom we called.
    measure: called
    by: []
    baseline: {value: 0, on: 2025-12-31, source: Nobody was called before.}
    targets:
      - {since: 2026-01-01, until: 2026-03-31, value: 100}
costs:"""


@pytest.mark.parametrize(("late", "called"), [(0, 0), (20, None)])
def test_s27_nothing_new_is_told_beside_what_stands_from_another_day(
    office: Engine, clock: FixedClock, tmp_path: Path, late: int, called: int | None
) -> None:
    publish(office, clock)
    write(office, [*reached(range(101, 101 + late), "01")])
    load(office, tmp_path, EXAMPLE.replace("\ncosts:", CALLED))
    publish(office, clock)
    told = results_in(published_activity(office, GRANT).decode())
    assert told[QUARTER].total == 40
    assert told["example-2026:called:called:2026-01:2026-03"].total == called


def test_what_was_hidden_stays_hidden(campaigns: Engine, clock: FixedClock, tmp_path: Path) -> None:
    write(campaigns, [*reached(range(1, 6), "01"), LATER])
    load(campaigns, tmp_path)
    publish(campaigns, clock)
    write(campaigns, [*reached(range(100, 150), "01")])
    publish(campaigns, clock)
    assert results_in(published_activity(campaigns, GRANT).decode()) == {QUARTER: Said(None, {})}


def test_an_activity_is_no_report(office: Engine, clock: FixedClock) -> None:
    made = publish(office, clock)
    assert publishing.publications(office) == ()
    with pytest.raises(NotFound):
        publishing.published_document(office, made.public_id)
    with pytest.raises(NotFound):
        links.make_link(office, clock, made.public_id, "somebody", 3, WHO)


def test_what_was_not_published_is_not_there(office: Engine, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        published_activity(office, GRANT)
    with pytest.raises(BadInput):
        publish_activity(office, clock, GRANT, Asking("dara", ""))
    assert activities(office) == ()
    publish(office, clock)
    with pytest.raises(NotFound):
        published_activity(office, GRANT, 2)
    with pytest.raises(NotFound):
        publish_activity(office, clock, "none", WHO)


def test_equal_names_are_told_apart_and_what_is_gone_is_told() -> None:
    spent = "<transaction><transaction-date iso-date='2026-01-01'/><value currency='USD'>{}</value>"
    spent += "<description><narrative>x</narrative></description></transaction>"
    whole = "<iati-activities><iati-activity>{}</iati-activity></iati-activities>"
    before = whole.format(spent.format(1) + spent.format(2))
    assert changes(before, whole.format(spent.format(1))) == (
        "transaction of 2026-01-01, x (2): gone, was 2 USD",
    )
    assert changes(before, before) == ()
