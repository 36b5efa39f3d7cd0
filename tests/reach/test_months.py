"""The months that are stored beside the days tell what their days tell, whenever a fact comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from outreach.reach import fold as folding
from outreach.reach import queries
from outreach.reach.breakdown import breakdown
from outreach.reach.crowds import Sets, in_full, together
from outreach.reach.homes.queries import homes as stored_homes
from outreach.reach.packing import PackedCrowd, unpack
from outreach.reach.queries import PeopleKey
from outreach.reach.rules.milestones import from_home
from outreach.reach.rules.stretches import DAY, MONTH, days_of, in_months
from outreach.reach.spans import Crowds
from outreach.store.engine import reading
from outreach.store.ledger import Fact
from tests.reach.history import histories
from tests.reach.test_breakdown import moving
from tests.reach.test_fold import memory, stored, write

NOON = datetime(2026, 3, 31, 5, tzinfo=UTC)
PERIODS = st.dates(date(2025, 11, 1), date(2026, 6, 30))
UNDONE = {"consent.on", "consent.off", "person.linked", "person.unlinked"}


def reached(contact: int, at: datetime, **more: Any) -> Fact:
    what = {"campaign_id": 1, "attempt_id": contact, "channel": "sms", "detail": "sent"}
    return Fact("attempt.delivered", at, contact_id=contact, **{**what, **more})


def number(engine: Engine, since: date, until: date) -> int:
    return breakdown(engine, [], measures=["reached"], since=since, until=until).total["reached"]


def people(engine: Engine) -> Crowds:
    """What is stored, in full."""
    with reading(engine) as connection:
        homes = together(stored_homes(connection))
        stored: dict[PeopleKey, Sets] = defaultdict(dict)
        for *key, dimension, lengths, contacts in connection.execute(queries.PEOPLE.select()):
            stored[PeopleKey(*key)][dimension] = unpack((lengths, contacts))
    return {
        key: crowd | in_full(crowd, homes, homes) if from_home(key.milestone) else crowd
        for key, crowd in stored.items()
    }


@settings(max_examples=40, deadline=None)
@given(histories(), st.lists(st.integers(0, 60), max_size=4))
def test_a_month_is_its_days_together_however_the_facts_were_folded(
    facts: list[Fact], cuts: list[int]
) -> None:
    expected: dict[tuple[object, ...], set[int]] = defaultdict(set)
    found: dict[tuple[object, ...], set[int]] = {}
    with memory() as engine:
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(facts)], strict=True):
            write(engine, [moving(fact) for fact in facts[start:end]])
            folding.fold(engine)
        rows = people(engine)
        before = stored(engine)
        folding.rebuild(engine)
        assert stored(engine) == before
    for (span, day, *what), crowd in rows.items():
        for dimension, sets in crowd.items():
            for value, who in sets.items():
                if span == MONTH:
                    found[day, *what, dimension, value] = set(who)
                elif what[1] not in UNDONE:
                    expected[day.replace(day=1), *what, dimension, value] |= set(who)
    assert found == expected


def test_a_fact_that_comes_late_counts_in_its_day_and_its_month(database: Engine) -> None:
    write(database, [reached(1, NOON), reached(2, NOON + timedelta(days=40))])
    folding.fold(database)
    write(database, [reached(3, NOON)])
    folding.fold(database)
    march = (date(2026, 3, 1), date(2026, 3, 31))
    assert number(database, *march) == number(database, march[1], march[1]) == 2
    assert number(database, date(2026, 1, 5), date(2026, 12, 5)) == 3


def test_a_month_begins_in_phnom_penh(database: Engine) -> None:
    write(database, [reached(1, datetime(2026, 3, 31, 16, 59, tzinfo=UTC))])
    write(database, [reached(2, datetime(2026, 3, 31, 17, 0, tzinfo=UTC))])
    folding.fold(database)
    with reading(database) as connection:
        rows = [*queries.bitmaps(connection, ["reached"], None, in_months(None, None), ["all"])]
    found = {(row.key.span, row.key.day): set(row.by_value[""]) for row in rows}
    assert found == {(MONTH, date(2026, 3, 1)): {1}, (MONTH, date(2026, 4, 1)): {2}}


def test_a_fold_that_dies_between_a_day_and_its_month_leaves_neither(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, [reached(1, NOON)])
    put = queries.put_people

    def dies(connection: object, rows: Mapping[PeopleKey, PackedCrowd]) -> None:
        if any(key.span == MONTH for key in rows):
            raise KeyboardInterrupt
        put(connection, rows)  # type: ignore[arg-type]

    with monkeypatch.context() as dying:
        dying.setattr(folding, "_BATCH", 1)
        dying.setattr(queries, "put_people", dies)
        with pytest.raises(KeyboardInterrupt):
            folding.fold(database)
    assert people(database) == {}
    assert folding.fold(database) == 1
    assert {key.span for key in people(database)} == {DAY, MONTH}


def test_whoever_moved_twice_within_a_month_is_looked_for_in_its_days(database: Engine) -> None:
    here, there = {"province": "01", "sex": "not_asked"}, {"province": "02", "sex": "female"}
    write(database, [reached(1, NOON, **here), reached(1, NOON - timedelta(days=9), **there)])
    write(database, [reached(2, NOON, **here), reached(3, NOON, campaign_id=2, **there)])
    folding.fold(database)
    found = breakdown(database, ["province", "sex"], measures=["reached"])
    cells = {tuple(cell.values.values()): cell.people["reached"] for cell in found.cells}
    assert cells == {("01", "not_asked"): 2, ("02", "female"): 2}


def test_whoever_moved_on_is_in_no_cell_that_mixes_two_places(database: Engine) -> None:
    said = (("01", "not_asked"), ("02", "female"), ("17", "not_asked"))
    for campaign, (province, sex) in enumerate(said, start=1):
        write(database, [reached(1, NOON, campaign_id=campaign, province=province, sex=sex)])
    folding.fold(database)
    found = breakdown(database, ["province", "sex"], measures=["reached"])
    assert [tuple(cell.values.values()) for cell in found.cells] == list(said)


@given(PERIODS, PERIODS)
def test_a_period_is_its_months_and_the_days_left_over_each_day_once(
    one: date, other: date
) -> None:
    since, until = sorted((one, other))
    days: list[date] = []
    for span, first, last in in_months(since, until):
        assert first is not None
        assert last is not None
        assert span == DAY or (first.day == 1 and (last + timedelta(days=1)).day == 1)
        days += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sorted(days) == [since + timedelta(days=n) for n in range((until - since).days + 1)]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [(MONTH, None, None)]),
        (date(2026, 3, 1), None, [(MONTH, date(2026, 3, 1), None)]),
        (
            date(2026, 3, 2),
            None,
            [(MONTH, date(2026, 4, 1), None), (DAY, date(2026, 3, 2), date(2026, 3, 31))],
        ),
        (None, date(2026, 3, 31), [(MONTH, None, date(2026, 3, 31))]),
        (
            None,
            date(2026, 3, 30),
            [(MONTH, None, date(2026, 2, 28)), (DAY, date(2026, 3, 1), date(2026, 3, 30))],
        ),
        (date(2026, 3, 2), date(2026, 4, 29), [(DAY, date(2026, 3, 2), date(2026, 4, 29))]),
    ],
)
def test_open_periods_take_every_whole_month(
    since: date | None, until: date | None, expected: object
) -> None:
    assert [tuple(stretch) for stretch in in_months(since, until)] == expected


def test_the_days_of_a_month() -> None:
    assert days_of(date(2026, 2, 1)) == (DAY, date(2026, 2, 1), date(2026, 2, 28))
