"""One of several leads; another takes over when it is gone, or only silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from outreach.store import processes
from outreach.store.engine import transaction
from outreach.store.processes import Identity, leave, present, report

FIRST = Identity("scheduler-1", "scheduler", "here", 11)
SECOND = Identity("scheduler-2", "scheduler", "there", 12)
WORKER = Identity("worker-1", "worker", "there", 13)


def leads(engine: Engine, who: Identity) -> bool:
    return report(engine, who, candidate=True).leads


def silence(engine: Engine, for_seconds: int) -> None:
    """Lets time pass without a word of anybody."""
    passed = {"by": timedelta(seconds=for_seconds)}
    with transaction(engine) as connection:
        connection.execute(text("UPDATE leadership SET until = until - :by"), passed)
        connection.execute(text("UPDATE process SET seen_at = seen_at - :by"), passed)


@pytest.fixture
def engine(postgres_database: Engine) -> Engine:
    return postgres_database


def test_of_two_one_leads_and_goes_on_leading(engine):
    assert [leads(engine, who) for who in (FIRST, SECOND, FIRST, SECOND)] == [
        True, False, True, False,
    ]  # fmt: skip


def test_who_takes_leave_is_followed_at_once(engine):
    assert leads(engine, FIRST)
    leave(engine, FIRST)
    assert leads(engine, SECOND)
    assert [found.id for found in present(engine)] == ["scheduler-2"]


def test_who_falls_silent_is_followed_after_its_term_and_does_not_get_it_back(engine):
    assert leads(engine, FIRST)
    silence(engine, for_seconds=10)
    assert not leads(engine, SECOND)
    silence(engine, for_seconds=10)
    assert leads(engine, SECOND)
    assert not leads(engine, FIRST)
    assert timedelta(seconds=25) >= processes.TERM  # and reports are three seconds apart


def test_a_worker_never_leads_and_is_counted_among_those_who_send(engine):
    assert report(engine, WORKER) == processes.Standing(senders=1, leads=False)
    assert report(engine, FIRST, candidate=True).senders == 1
    silence(engine, for_seconds=20)
    assert report(engine, FIRST, candidate=True).senders == 0


def test_who_is_present_and_who_leads_can_be_seen(engine):
    report(engine, WORKER)
    report(engine, FIRST, candidate=True)
    report(engine, SECOND, candidate=True)
    assert [(found.id, found.leads) for found in present(engine)] == [
        ("worker-1", False), ("scheduler-1", True), ("scheduler-2", False),
    ]  # fmt: skip
