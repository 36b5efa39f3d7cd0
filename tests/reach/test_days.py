"""A month is over although nothing happened after it: the days are known all the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import Refused
from outreach.reach import queries
from outreach.reach.days import note_day
from outreach.reach.fold import fold, rebuild
from outreach.reach.publications import publishing
from outreach.store.engine import reading
from outreach.worker.chores import CHORES
from tests.reach.test_publishing import MARCH, WHO, reach
from tests.world import World

# 00:30 of the first of April in Cambodia, where it is March in UTC.
NIGHT = datetime(2026, 3, 31, 17, 30, tzinfo=UTC)


@pytest.fixture
def quiet(database: Engine) -> Engine:
    """Forty people were reached on the fifth of March, and nothing happened since."""
    reach(database, datetime(2026, 3, 5, tzinfo=UTC), range(1, 41))
    return database


def known(engine: Engine) -> date | None:
    fold(engine)
    with reading(engine) as connection:
        return queries.last_day(connection)


def test_a_month_after_which_nothing_happened_is_published(quiet: Engine) -> None:
    clock = FixedClock(NIGHT - timedelta(hours=1))
    assert note_day(quiet, clock)
    assert known(quiet) == date(2026, 3, 31)
    with pytest.raises(Refused, match="newest day known is 2026-03-31") as refused:
        publishing.publish_period(quiet, clock, *MARCH, WHO)
    assert "noted while Outreach runs" in refused.value.remedy
    clock.advance(timedelta(hours=1))
    assert note_day(quiet, clock)
    assert known(quiet) == date(2026, 4, 1)
    made = publishing.publish_period(quiet, clock, *MARCH, WHO)
    headline = publishing.published_document(quiet, made.public_id).section("headline")
    assert headline.cell("reached", "number").number == 40


def test_a_day_that_is_known_is_not_noted_again(quiet: Engine) -> None:
    clock = FixedClock(NIGHT)
    assert note_day(quiet, clock)
    assert known(quiet) == date(2026, 4, 1)
    clock.advance(timedelta(hours=6))
    assert not note_day(quiet, clock)
    reach(quiet, clock.now() + timedelta(days=1), range(50, 60))
    clock.advance(timedelta(days=1))
    assert not note_day(quiet, clock)


def test_nothing_is_noted_before_anything_is_known(database: Engine) -> None:
    assert not note_day(database, FixedClock(NIGHT))
    assert known(database) is None


def test_noting_a_day_changes_no_figure_and_a_rebuild_knows_it(quiet: Engine) -> None:
    before = publishing.draft(quiet, FixedClock(NIGHT), None, None)
    note_day(quiet, FixedClock(NIGHT))
    assert known(quiet) == date(2026, 4, 1)
    after = publishing.draft(quiet, FixedClock(NIGHT), None, None)
    assert after.sections == before.sections
    rebuild(quiet)
    assert known(quiet) == date(2026, 4, 1)


def test_the_chore_notes_it(world: World, clock: FixedClock) -> None:
    reach(world.runtime.engine, clock.now() - timedelta(days=40), range(1, 41))
    (chore,) = [chore for chore in CHORES if chore.name == "note_day"]
    asyncio.run(chore.work(world.runtime))
    assert known(world.runtime.engine) == (clock.now() + timedelta(hours=7)).date()
