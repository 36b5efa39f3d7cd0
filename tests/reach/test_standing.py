"""Two reports of different dates never contradict each other without saying why, whatever news
comes late; and nothing late is told by subtracting one from the other (S27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Refused
from outreach.people.audit import Asking
from outreach.planning.audience.queries import CAMPAIGNS
from outreach.reach.document.model import Cell, Document, Kind
from outreach.reach.document.sections import TREND
from outreach.reach.document.words import month_said
from outreach.reach.grants import keeping
from outreach.reach.publications.publishing import (
    publications,
    publish_period,
    published_document,
)
from outreach.reach.publications.standing import standing_results
from outreach.reach.rules.publication import next_month
from outreach.reach.rules.suppression import small
from outreach.store.engine import transaction
from tests.reach.test_fold import memory
from tests.reach.test_publishing import reach

WHO = Asking("test", "asked by the board")
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
GRANT = Path(__file__).parent / "data" / "grant.yaml"
LATE = st.tuples(st.sampled_from(MONTHS), st.integers(1, 90), st.sampled_from((1, 4, 12, 40)))
STEPS = st.lists(st.one_of(LATE, st.sampled_from(MONTHS)), min_size=4, max_size=9)


class Office:
    """Publishes months, while news of them still comes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = FixedClock(datetime(2026, 5, 2, 3, tzinfo=UTC))
        with transaction(engine) as connection:
            row = {"id": 1, "public_id": "c", "slug": "safe", "name_km": "c", "name_en": "c"}
            row |= {"digest": "", "loaded_at": self.clock.now(), "audience": {}, "retry": {}}
            connection.execute(CAMPAIGNS.insert().values(row))
        keeping.load(engine, self.clock, GRANT, by="test")
        for month in MONTHS:
            self.news(month, 1, 40)
        self.news(date(2026, 5, 1), 1, 2)

    def news(self, month: date, first: int, people: int) -> None:
        """An SMS to each of `people` arrived in a month, it turns out now."""
        self.clock.advance(timedelta(hours=1))
        moment = datetime(month.year, month.month, 3, tzinfo=UTC)
        # Each news is of messages of its own.
        moment += timedelta(
            hours=(self.clock.now() - datetime(2026, 5, 2, tzinfo=UTC)).seconds // 3600
        )
        reach(self.engine, moment, range(first, first + people))

    def publish(self, month: date) -> None:
        """Publishes it, unless that would tell of few."""
        self.clock.advance(timedelta(hours=1))
        try:
            until = next_month(month) - timedelta(days=1)
            publish_period(self.engine, self.clock, month, until, WHO)
        except Refused:
            pass

    def documents(self) -> list[Document]:
        """All that was ever published, the oldest first."""
        known = reversed(publications(self.engine))
        return [published_document(self.engine, row.public_id) for row in known]


def told(document: Document) -> Iterator[tuple[str, str, Cell]]:
    """What a document says of each month, its own among them, and of each grant's period."""
    months, headline = document.section("months"), document.section("headline")
    assert months is not None
    assert headline is not None
    for row in months.rows:
        yield from ((row.key, name, cell) for name, cell in zip(TREND, row.cells, strict=True))
    for name in TREND:
        own = headline.cell(name, "number")
        assert own is not None
        yield f"{document.since:%Y-%m}", name, own
    grants = document.section("grants")
    for row, cell in grants.column("result") if grants else ():
        yield row.key, "result", cell


def says_why(document: Document, month: str) -> bool:
    """Whether a document tells that its figures of a month took the place of others."""
    if month == f"{document.since:%Y-%m}":
        return any("takes the place of" in notice["en"] for notice in document.notices)
    section = document.section("months")
    name = month_said(date.fromisoformat(f"{month}-01"))["en"]
    notes = [note["en"] for note in section.notes] if section else []
    return any(note.startswith(f"{name}: published anew") for note in notes)


def contradictions(documents: list[Document]) -> list[tuple[str, str]]:
    """Figures on which a later document differs from an earlier one without a word."""
    before: dict[tuple[str, str], Cell] = {}
    found = []
    for document in documents:
        for month, name, cell in told(document):
            known = before.setdefault((month, name), cell)
            if known != cell and not (month[:2] == "20" and says_why(document, month)):
                found.append((month, name))
    return found


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_two_reports_never_contradict_each_other_without_saying_why(
    steps: list[date | tuple[date, int, int]],
) -> None:
    with memory() as engine:
        office = Office(engine)
        for step in [*steps, *MONTHS]:
            if isinstance(step, date):
                office.publish(step)
            else:
                office.news(*step)
        documents = office.documents()
    assert documents
    assert contradictions(documents) == []


def test_a_later_month_says_that_an_earlier_one_was_published_anew() -> None:
    with memory() as engine:
        office = Office(engine)
        for month in MONTHS[:2]:
            office.publish(month)
        office.news(MONTHS[0], 50, 40)
        for month in (MONTHS[0], MONTHS[2]):
            office.publish(month)
        first, february, again, march = office.documents()
    assert [reached(document, "2026-01") for document in (first, february, again, march)] == [
        40,
        40,
        80,
        80,
    ]
    assert says_why(again, "2026-01")
    assert says_why(march, "2026-01")
    assert not says_why(february, "2026-01")


def reached(document: Document, month: str) -> int | float | None:
    found = {(key, name): cell.number for key, name, cell in told(document)}
    return found[month, "reached"]


@pytest.mark.parametrize("late", [5, 40])
def test_s27_what_came_late_is_not_told_by_a_grant_beside_its_months(late: int) -> None:
    with memory() as engine:
        office = Office(engine)
        for month in MONTHS:
            office.publish(month)
        office.news(MONTHS[2], 50, late)
        results = standing_results(engine, keeping.show(engine, "example-2026").grant)
        first = {key: cell.number for key, _, cell in told(office.documents()[-1])}
    quarter = results[0].periods[0]
    # Published with March: it stands, and its cells would add up to the news.
    assert quarter.total == first[KEY] == 40
    assert set(quarter.cells.values()) == {None}


KEY = "example-2026:reached:reached:2026-01:2026-03"


def test_s27_a_grant_published_late_does_not_tell_the_news_either() -> None:
    with memory() as engine:
        office = Office(engine)
        # The five are in the other months from the start, so that only January can tell of them.
        for month in MONTHS[1:]:
            office.news(month, 41, 5)
        for month in MONTHS[:2]:
            office.publish(month)
        office.news(MONTHS[0], 41, 5)
        office.publish(MONTHS[2])
        shown: Mapping[str, Cell] = {
            key: cell for key, _, cell in told(office.documents()[-1]) if key == KEY
        }
    # January was published with forty, and five came later: the quarter less January is five.
    assert small(45 - 40)
    assert shown[KEY].kind is Kind.HIDDEN
