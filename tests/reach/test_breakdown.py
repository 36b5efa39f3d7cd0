"""People by any dimensions, campaigns and days are those that plain SQL counts in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from sqlalchemy import Connection, Engine, text

from outreach.kernel.errors import BadInput
from outreach.reach import fold as folding
from outreach.reach.breakdown import MEASURES, Breakdown, breakdown
from outreach.reach.persons import Persons
from outreach.reach.rules.milestones import DIMENSIONS
from outreach.reach.rules.period import parse_period
from outreach.store.engine import reading
from outreach.store.ledger import Fact
from tests.reach.history import PROVINCES, START, attempts, histories
from tests.reach.test_fold import memory, write

# REACH.md's definitions, once more and in another language.
RECOUNT = {
    "reached": "kind = 'attempt.delivered' OR (kind = 'call.heard' AND amount >= 10)",
    "called": "kind = 'attempt.accepted' AND channel = 'voice'",
    "answered": "kind IN ('attempt.answered', 'attempt.completed')",
    "passed": "kind = 'call.passed'",
    "engaged": "kind IN ('call.pressed', 'quiz.before', 'quiz.after', 'language.changed') "
    "OR (kind = 'community.joined' AND detail IN ('join_code', 'missed_call'))",
    "listened": "kind = 'call.heard' AND detail = 'listened'",
}
PHNOM_PENH = timedelta(hours=7)
# The histories' few days, moved to where a month ends.
LATER = timedelta(days=28)
MONTHS_END = date(2026, 3, 30)
DAYS = st.one_of(
    st.none(),
    st.integers(0, 4).map(lambda n: MONTHS_END + timedelta(days=n)),
    st.sampled_from((date(2026, 3, 1), date(2026, 4, 30))),  # to take March or April whole
)


def recount(
    connection: Connection,
    by: Sequence[str],
    campaigns: Sequence[int] | None,
    since: date | None,
    until: date | None,
) -> dict[tuple[str, ...], dict[str, int]]:
    """COUNT(DISTINCT) over the ledger; the key () has the totals."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    within = "1 = 1"
    if campaigns is not None:
        within += f" AND campaign_id IN ({', '.join(map(str, campaigns)) or 'NULL'})"
    if since:
        within += f" AND date(at, '+7 hours') >= '{since}'"
    if until:
        within += f" AND date(at, '+7 hours') <= '{until}'"
    known = f" AND date(at, '+7 hours') <= '{until}'" if until else ""
    for measure, happened in RECOUNT.items():
        for columns in {tuple(by), ()}:
            said = [f"coalesce(nullif({name}, ''), 'not_asked')" for name in columns]
            named = "".join(f"{name}, " for name in said)
            grouped = f"GROUP BY {', '.join(said)}" if columns else ""
            query = text(
                "WITH last AS (SELECT contact_id, max(id) AS id FROM ledger_fact "  # noqa: S608
                f"WHERE kind LIKE 'person.%' {known} GROUP BY contact_id), "
                "link AS (SELECT f.contact_id, 'person ' || f.detail AS person FROM ledger_fact f "
                "JOIN last ON last.id = f.id WHERE f.kind = 'person.linked') "
                f"SELECT {named} count(DISTINCT coalesce(person, contact_id)) "
                "FROM ledger_fact LEFT JOIN link USING (contact_id) "
                f"WHERE ({happened}) AND {within} {grouped}"
            )
            for *values, number in connection.execute(query):
                found.setdefault(tuple(values), dict.fromkeys(MEASURES, 0))[measure] = number
    return found


def moving(fact: Fact) -> Fact:
    """The fact in a world where everybody sleeps in another province each night, or every other."""
    at = fact.at + LATER
    night = (at + PHNOM_PENH).date().toordinal() // ((fact.contact_id or 0) % 2 + 1)
    return replace(fact, at=at, province=PROVINCES[((fact.contact_id or 0) + night) % 3])


def as_recount(found: Breakdown) -> dict[tuple[str, ...], dict[str, int]]:
    cells = {tuple(cell.values[name] for name in found.by): cell.people for cell in found.cells}
    return {values: dict(people) for values, people in {**cells, (): found.total}.items()}


@settings(max_examples=60, deadline=None)
@given(
    histories(),
    st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=3),
    st.one_of(st.none(), st.lists(st.integers(1, 3), unique=True)),
    DAYS,
    DAYS,
)
def test_any_breakdown_is_what_plain_sql_counts(
    facts: list[Fact],
    by: list[str],
    campaigns: list[int] | None,
    since: date | None,
    until: date | None,
) -> None:
    with memory() as engine:
        write(engine, [moving(fact) for fact in facts])
        folding.fold(engine)
        found = breakdown(engine, by, campaign_ids=campaigns, since=since, until=until)
        with reading(engine) as connection:
            assert as_recount(found) == recount(connection, by, campaigns, since, until)


@settings(max_examples=20, deadline=None)
@given(attempts(1))
def test_a_person_is_in_no_total_twice(facts: list[Fact]) -> None:
    with memory() as engine:
        write(engine, [moving(fact) for fact in facts])
        folding.fold(engine)
        assert all(number <= 1 for number in breakdown(engine, ["province"]).total.values())


def test_both_databases_answer_alike(database: Engine) -> None:
    base = {"campaign_id": 1, "channel": "sms", "detail": "sent"}
    for contact in range(1, 7):
        sex = ("female", "male")[contact % 2]
        facts = [
            Fact("attempt.delivered", START, contact_id=contact, attempt_id=n, sex=sex, **base)
            for n in (contact, contact + 100)
        ]
        write(database, facts)
    folding.fold(database)
    found = breakdown(database, ["sex", "channel"])
    assert [(dict(cell.values), cell.people["reached"]) for cell in found.cells] == [
        ({"sex": "female", "channel": "sms"}, 3),
        ({"sex": "male", "channel": "sms"}, 3),
    ]
    assert found.total["reached"] == 6
    assert breakdown(database, [], campaign_ids=[]).total["reached"] == 0


@pytest.mark.parametrize("by", [["colour"], ["sex", "sex"], ["topic"], ["all"]])
def test_what_people_cannot_be_counted_by_is_told(database: Engine, by: list[str]) -> None:
    with pytest.raises(BadInput, match="--by"):
        breakdown(database, by)


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("", None, None),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-03-05", date(2026, 3, 5), date(2026, 3, 5)),
        ("2026-01..2026-03", date(2026, 1, 1), date(2026, 3, 31)),
        ("..2026-03", None, date(2026, 3, 31)),
        ("2026-03..", date(2026, 3, 1), None),
    ],
)
def test_periods_as_people_write_them(written: str, since: date | None, until: date | None) -> None:
    assert parse_period(written) == (since, until)


@pytest.mark.parametrize(
    "written", ["march", "2026-13", "2026-02-30", "2026-00", "2026-3", "2026..2025", "9999"]
)
def test_what_is_no_period_is_told(written: str) -> None:
    with pytest.raises(BadInput, match="--period"):
        parse_period(written)


def test_a_person_in_two_meetings_by_two_numbers_counts_once() -> None:
    known = Persons({"one": BitMap([1, 2])})
    everybody = BitMap([1, 2, 3, 4])
    assert known.count(everybody) == 3
    assert known.count_met([(everybody, BitMap([1, 3])), (BitMap([2, 9]), everybody)]) == 2
    assert known.count_met([]) == 0


# Who, by which campaign, on which day, and where and as whom they were then.
MOVES = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(1, 2),
        st.integers(0, 40),
        st.sampled_from((("01", "male"), ("02", "female"), ("01", "female"), ("03", "male"))),
        st.sampled_from(("18-24", "25-34")),
        st.sampled_from(("sms", "voice")),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(MOVES, st.permutations(("province", "sex", "age_band", "channel")), st.integers(2, 4))
def test_whoever_changes_at_once_or_by_and_by_is_in_the_cells_of_their_facts(
    moves: list[tuple[int, int, int, tuple[str, str], str, str]], by: list[str], depth: int
) -> None:
    expected: dict[tuple[str, ...], set[int]] = {}
    facts = []
    # On one campaign's day everybody is one person: whoever isn't may count in a mixed cell.
    for contact, campaign, day, (province, sex), age, channel in {m[:3]: m for m in moves}.values():
        what = {"province": province, "sex": sex, "age_band": age, "channel": channel}
        at = START + timedelta(days=day)
        facts.append(
            Fact("attempt.delivered", at, contact_id=contact, campaign_id=campaign, **what)  # type: ignore[arg-type]
        )
        expected.setdefault(tuple(what[name] for name in by[:depth]), set()).add(contact)
    with memory() as engine:
        write(engine, facts)
        folding.fold(engine)
        found = breakdown(engine, by[:depth], measures=["reached"])
    assert {tuple(cell.values.values()): cell.people["reached"] for cell in found.cells} == {
        values: len(who) for values, who in expected.items()
    }
