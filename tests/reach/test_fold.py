"""Folding gives what anyone gets who recomputes from the ledger, in one go or in many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel, create_engine

import outreach.reach.tables  # noqa: F401
from outreach.reach import fold as folding
from outreach.reach import queries
from outreach.reach.report import Report, report
from outreach.store.engine import reading, transaction
from outreach.store.ledger import LEDGER, Fact, append
from tests.reach.history import START, consent, histories


@contextmanager
def memory() -> Iterator[Engine]:
    """A database of its own for each example."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


def write(engine: Engine, facts: Sequence[Fact]) -> None:
    with transaction(engine) as connection:
        append(connection, facts)


def naive(facts: Sequence[Fact], campaign: int | None = None) -> dict[str, int]:
    """The figures recomputed without bitmaps, sums or netting: from each attempt's last state."""
    mine = [f for f in facts if campaign in (None, f.campaign_id)]
    last = {
        f.attempt_id: f.kind.removeprefix("attempt.")
        for f in mine
        if f.kind.startswith("attempt.") and f.kind != "attempt.accepted"
    }
    consents = {f.contact_id: f.detail for f in facts if f.kind == "consent"}
    heard = [f for f in mine if f.kind == "call.heard"]
    linked = {
        f.contact_id: f"person {f.detail}" if f.kind == "person.linked" else f.contact_id
        for f in facts
        if f.kind.startswith("person.")
    }

    def persons(contacts: Iterable[int | None]) -> int:
        return len({linked.get(contact, contact) for contact in contacts})

    reached = {f.contact_id for f in mine if f.kind == "attempt.delivered"}
    reached |= {f.contact_id for f in heard if f.amount >= 10}
    answered = {f.contact_id for f in mine if f.kind in ("attempt.answered", "attempt.completed")}
    return {
        "reached": persons(reached),
        "answered": persons(answered),
        "listened": persons(f.contact_id for f in heard if f.detail == "listened"),
        "registered": sum(state == "consented" for state in consents.values()),
        "submitted": sum(f.kind == "attempt.accepted" for f in mine),
        "delivered": sum(state == "delivered" for state in last.values()),
        "unknown": sum(state == "unknown" for state in last.values()),
        "failed": sum(state in ("failed", "errored") for state in last.values()),
        "parts": sum(f.amount for f in mine if f.kind == "attempt.accepted"),
    }


def folded(found: Report) -> dict[str, int]:
    return {name: getattr(found, name) for name in naive([])}


@settings(max_examples=60, deadline=None)
@given(histories(), st.lists(st.integers(0, 60), max_size=4))
def test_any_split_of_the_ledger_gives_what_anyone_recomputes(
    facts: list[Fact], cuts: list[int]
) -> None:
    with memory() as engine:
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(facts)], strict=True):
            write(engine, facts[start:end])
            folding.fold(engine)
        assert folded(report(engine)) == naive(facts)
        assert folded(report(engine, campaign_id=1)) == naive(facts, 1)


def stored(engine: Engine) -> list[list[tuple[Any, ...]]]:
    """Every row that folding wrote, bitmaps as their bytes."""
    with reading(engine) as connection:
        return [
            sorted(tuple(row) for row in connection.execute(table.select()))
            for table in (queries.COUNTS, queries.PEOPLE, queries.CHECKPOINT)
        ]


@settings(max_examples=30, deadline=None)
@given(histories(), st.lists(st.integers(0, 60), max_size=4))
def test_rebuilding_gives_the_same_bit_for_bit(facts: list[Fact], cuts: list[int]) -> None:
    with memory() as engine:
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(facts)], strict=True):
            write(engine, facts[start:end])
            folding.fold(engine)
        before = stored(engine)
        assert folding.rebuild(engine) == len(facts)
        assert stored(engine) == before


@settings(max_examples=30, deadline=None)
@given(histories())
def test_people_of_all_provinces_are_the_people_reached(facts: list[Fact]) -> None:
    with memory() as engine:
        write(engine, [fact for fact in facts if not fact.kind.startswith("person.")])
        folding.fold(engine)
        found = report(engine)
        # Nobody moves between provinces here, or has numbers in two, so the cells add up.
        assert sum(row.reached for row in found.by["province"]) == found.reached
        assert sum(row.registered for row in found.by["province"]) == found.registered


def test_folding_works_on_both_databases_chunk_by_chunk(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CHUNK", 7)
    facts = [consent(n % 40 + 1, "consented", START + timedelta(hours=n)) for n in range(60)]
    write(database, facts)
    assert folding.fold(database) == 60
    assert folding.fold(database) == 0
    assert report(database).registered == 40


def test_a_fold_that_dies_has_folded_a_fact_once_or_not(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CHUNK", 10)
    write(database, [Fact("delivery.suppressed", START, detail="no_consent") for _ in range(25)])

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(queries, "set_checkpoint", dies)
        with pytest.raises(KeyboardInterrupt):
            folding.fold(database)
    assert folding.fold(database) == 25
    assert report(database).suppressed == {"no_consent": 25}


def test_on_postgresql_a_fact_that_is_committed_late_is_not_passed_over(
    database: Engine,
) -> None:
    if database.dialect.name == "sqlite":  # one writer: ids appear in their order
        write(database, [consent(1, "consented", START)])
        assert folding.fold(database) == 1
        return
    late = database.connect()
    append(late, [consent(1, "consented", START)])
    write(database, [consent(2, "consented", START)])
    assert folding.fold(database) == 0  # somebody is writing: ask again later
    late.commit()
    late.close()
    assert folding.fold(database) == 2
    assert report(database).registered == 2


def test_a_day_is_phnom_penhs_day(database: Engine) -> None:
    evening = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)  # 00:30 on the third
    write(database, [consent(1, "consented", evening)])
    folding.fold(database)
    assert report(database, until=date(2026, 3, 2)).registered == 0
    assert report(database, until=date(2026, 3, 3)).registered == 1


def test_whoever_left_and_came_back_within_a_day_is_registered(database: Engine) -> None:
    steps = ("consented", "opted_out", "consented")
    write(database, [consent(1, state, START) for state in steps])
    folding.fold(database)
    found = report(database)
    assert (found.registered, found.opted_out) == (1, 1)


def test_a_late_delivery_takes_the_unknown_back(database: Engine) -> None:
    base = {"contact_id": 1, "campaign_id": 1, "attempt_id": 1, "channel": "sms"}
    write(database, [Fact("attempt.unknown", START, detail="sent", **base)])
    folding.fold(database)
    assert report(database).unknown == 1
    write(database, [Fact("attempt.delivered", START, detail="unknown", **base)])
    folding.fold(database)
    found = report(database)
    assert (found.unknown, found.delivered, found.reached) == (0, 1, 1)


def test_s19_a_help_fact_counts_without_a_person_or_a_place(database: Engine) -> None:
    write(database, [Fact("help.conversation", START, detail="help") for _ in range(12)])
    write(database, [Fact("delivery.suppressed", START + timedelta(days=40), detail="no_consent")])
    folding.fold(database)
    found = report(database)
    (month,) = found.help
    assert (month.conversations, month.topics) == (12, {"help": 12})
    assert found.by["province"] == ()
    with reading(database) as connection:
        rows = connection.execute(LEDGER.select()).all()
    assert {row.contact_id for row in rows} == {None}


def test_no_figure_of_any_period_is_negative_though_news_comes_on_a_later_day(
    database: Engine,
) -> None:
    base = {"contact_id": 1, "campaign_id": 1, "attempt_id": 1, "channel": "sms"}
    later = START + timedelta(days=1)
    write(database, [Fact("attempt.unknown", START, detail="sent", **base)])
    write(database, [Fact("attempt.failed", later, detail="unknown", **base)])
    write(database, [Fact("attempt.delivered", later, detail="failed", **base)])
    folding.fold(database)
    first, second = (START.date(), later.date())
    assert report(database, since=first, until=first).unknown == 1
    found = report(database, since=second, until=second)
    assert (found.unknown, found.failed, found.delivered) == (0, 0, 1)
    assert {row.unknown for row in found.by["channel"]} == {0}


def test_a_call_that_is_answered_and_then_completed_is_one_answered_call(database: Engine) -> None:
    base = {"contact_id": 1, "campaign_id": 1, "attempt_id": 1, "channel": "voice"}
    write(database, [Fact("attempt.accepted", START, **base)])
    write(database, [Fact("attempt.answered", START, detail="submitted", **base)])
    write(database, [Fact("attempt.completed", START, detail="answered", **base)])
    write(database, [Fact("call.heard", START, detail="listened", amount=20, **base)])
    folding.fold(database)
    found = report(database)
    assert (found.answered_calls, found.listened_rate, found.answered_rate) == (1, 1.0, 1.0)


def test_money_of_two_currencies_is_never_added(database: Engine) -> None:
    base = {"contact_id": 1, "campaign_id": 1, "channel": "sms", "amount": 1}
    for attempt, currency in enumerate(("USD", "USD", "THB")):
        cost = {"attempt_id": attempt, "cost_micro": 2_000_000, "currency": currency}
        write(database, [Fact("attempt.accepted", START, **base, **cost)])
    folding.fold(database)
    found = report(database)
    assert found.costs == {"USD": Decimal(4), "THB": Decimal(2)}
    assert (found.cost, found.currency) == (Decimal(4), "USD")


def test_the_delivered_rate_is_of_the_sms_of_the_period(database: Engine) -> None:
    base = {"contact_id": 1, "campaign_id": 1, "channel": "sms"}
    later = START + timedelta(days=1)
    for attempt in range(4):
        write(database, [Fact("attempt.accepted", START, attempt_id=attempt, **base)])
    for attempt, at in ((0, START), (1, later)):
        fact = Fact("attempt.delivered", at, detail="sent", attempt_id=attempt, **base)
        write(database, [fact])
    folding.fold(database)
    assert report(database, until=START.date()).delivered_rate == 0.25
    assert report(database).delivered_rate == 0.5
    # Nothing was accepted on the second day: there is no base, and no rate over 1.
    assert report(database, since=later.date()).delivered_rate is None


def test_who_joined_is_in_a_cell_of_every_table(database: Engine) -> None:
    for contact, how in ((1, "join_code"), (2, "missed_call"), (3, "staff")):
        write(database, [Fact("community.joined", START, contact_id=contact, detail=how)])
    folding.fold(database)
    found = report(database)
    assert found.engaged == 2
    for rows in found.by.values():
        assert [(row.value, row.engaged) for row in rows] == [("not_asked", 2)]


def test_listening_that_no_gateway_told_of_is_not_measured(database: Engine) -> None:
    base = {"contact_id": 1, "campaign_id": 1, "attempt_id": 1, "channel": "voice"}
    write(database, [Fact("attempt.completed", START, detail="submitted", **base)])
    folding.fold(database)
    found = report(database)
    assert (found.answered_calls, found.measured_calls, found.listened_rate) == (1, 0, None)
