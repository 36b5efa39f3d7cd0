"""S26: a government request for data has a written, logged path, decided by two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.people.audit import Asking
from outreach.people.requests import keeping, queries
from outreach.people.requests.keeping import Asked, RequestView
from outreach.people.rules.request import (
    ANSWERS,
    Decision,
    Kind,
    Standing,
    Step,
    Told,
    refusal,
    standing,
)
from outreach.store.engine import reading
from tests.world import number

ASKED = Asked("District court, clerk", "Code art. 45, paper 12/26", "2026-03-01", "one person")
Do = Callable[..., RequestView]


@pytest.fixture
def do(database: Engine, clock: FixedClock) -> Do:
    """Does a step with the request that was written down."""
    name = keeping.add(database, clock, ASKED, "dara").id

    def step(kind: Kind, what: str, by: str, words: str = "as the lawyer says") -> RequestView:
        return keeping.step(database, clock, name, kind, what, Asking(by, words))

    return step


def said(*steps: tuple[str, str]) -> Standing:
    return standing(Step(Kind.DECIDE, what, by) for by, what in steps)


@pytest.mark.parametrize(
    ("steps", "decision"),
    [
        ((), None),
        ((("a", "comply"),), None),
        ((("a", "comply"), ("a", "comply")), None),
        ((("a", "comply"), ("A", "comply")), None),
        ((("a", "comply"), ("b", "refuse")), None),
        ((("a", "comply"), ("b", "refuse"), ("a", "refuse")), "refuse"),
        ((("a", "comply"), ("b", "refuse"), ("c", "comply")), "comply"),
        ((("a", "narrow"), ("b", "narrow"), ("a", "refuse"), ("c", "refuse")), "narrow"),
    ],
)
def test_s26_two_different_people_who_say_the_same_decide(
    steps: tuple[tuple[str, str], ...], decision: str | None
) -> None:
    assert said(*steps).decision == decision


@pytest.mark.parametrize(("decision", "given"), list(product([None, *Decision], [True, False])))
def test_s26_every_step_is_defined_however_a_request_stands(
    decision: Decision | None, given: bool
) -> None:
    now = Standing(decision, given, None)
    possible = {kind for kind in Kind if not refusal(kind, now)}
    assert Kind.TELL in possible
    assert (Kind.DECIDE in possible) == (decision is None)
    assert (Kind.GIVE in possible) == (decision in (Decision.NARROW, Decision.COMPLY))


def test_s26_nothing_is_given_before_two_people_decided(do: Do) -> None:
    for by in ("dara", "maly"):
        with pytest.raises(Conflict, match="have not decided"):
            do(Kind.GIVE, "given", by)
        found = do(Kind.DECIDE, "narrow", by)
    assert found.standing.decision == "narrow"
    found = do(Kind.GIVE, "given", "dara", "dates of two messages, on paper")
    assert not found.ended
    assert do(Kind.TELL, Told.FORBIDDEN, "dara", "art. 46 forbids it").ended


def test_s26_of_what_was_refused_nothing_is_given(do: Do) -> None:
    do(Kind.DECIDE, "refuse", "dara")
    do(Kind.DECIDE, "refuse", "maly")
    with pytest.raises(Conflict, match="refused"):
        do(Kind.GIVE, "given", "dara")
    with pytest.raises(Conflict, match="decided: refuse"):
        do(Kind.DECIDE, "comply", "sokha")


def test_s26_who_could_not_be_told_may_be_told_later(do: Do) -> None:
    do(Kind.TELL, Told.NOT_SAFE, "dara", "the husband holds the phone")
    found = do(Kind.TELL, Told.YES, "maly", "by voice, with the code word")
    assert found.standing.told == "yes"
    assert [(each.what, each.by) for each in found.steps] == [("not_safe", "dara"), ("yes", "maly")]


def test_s26_what_ended_is_kept_for_the_auditor(database: Engine, do: Do) -> None:
    for by in ("dara", "maly"):
        do(Kind.DECIDE, "refuse", by)
    assert len(keeping.listed(database)) == 1
    do(Kind.TELL, Told.NOBODY, "dara", "asked for figures alone")
    assert keeping.listed(database) == []
    (kept,) = keeping.listed(database, every=True)
    assert (kept.asked, kept.by, len(kept.steps)) == (ASKED, "dara", 3)


def test_s18_no_request_and_no_step_holds_a_number(database: Engine, clock: FixedClock) -> None:
    who = number(1)
    asked = Asked(f"court {who}", f"art. 45 {who}", "2026-03-01", f"all of {who}")
    name = keeping.add(database, clock, asked, "dara").id
    keeping.step(database, clock, name, Kind.TELL, "yes", Asking("dara", f"told {who}"))
    with reading(database) as connection:
        rows = [*queries.requests(connection), *queries.steps(connection, [1])]
    assert len(rows) == 2
    assert who[4:] not in repr(rows)


@pytest.mark.parametrize("day", ["yesterday", "2026-03-03", "2026-13-01", ""])
def test_a_day_that_is_none_or_to_come_is_refused(
    database: Engine, clock: FixedClock, day: str
) -> None:
    with pytest.raises(BadInput, match="no day"):
        keeping.add(database, clock, Asked("court", "art. 45", day, "one person"), "dara")


def test_a_paper_of_this_morning_is_not_of_a_day_to_come(
    database: Engine, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=16))  # one o'clock at night, when UTC has the day before
    asked = Asked("court", "art. 45", "2026-03-03", "one person")
    assert keeping.add(database, clock, asked, "dara").asked == asked


def test_what_nobody_can_answer_and_whom_nobody_knows_is_refused(
    database: Engine, clock: FixedClock, do: Do
) -> None:
    with pytest.raises(BadInput, match="none of"):
        do(Kind.DECIDE, "perhaps", "dara")
    with pytest.raises(NotFound):
        keeping.show(database, "rq_none")
    assert all(ANSWERS[kind] for kind in Kind)
