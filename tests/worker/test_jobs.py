"""The job queue on a real PostgreSQL: each job once, done by whoever is there, nobody in it."""

from __future__ import annotations

import asyncio
import time

import pytest
from pgqueuer import PsycopgDriver
from sqlalchemy import text

from outreach.bootstrap import Runtime
from outreach.kernel.errors import Unavailable
from outreach.store.engine import own_connection, reading, transaction
from outreach.worker import chores, jobs
from outreach.worker.chores import Chore


def rows(runtime: Runtime, query: str) -> list[tuple[object, ...]]:
    with reading(runtime.engine) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


async def ask(runtime: Runtime, *wanted: Chore) -> None:
    board = jobs.Board(runtime)
    try:
        for chore in wanted:
            await board.put_up(chore)
    finally:
        await board.close()


async def do_until_empty(runtime: Runtime, seconds: float = 10) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(jobs.work(runtime, stop))
    deadline = asyncio.get_running_loop().time() + seconds
    while rows(runtime, "SELECT 1 FROM jobs.pgqueuer"):
        assert asyncio.get_running_loop().time() < deadline, "the job is not done"
        await asyncio.sleep(0.02)
    stop.set()
    await working


def test_the_queues_tables_are_exactly_those_of_this_version(runtime):
    async def plan() -> tuple[str, ...]:
        async with await own_connection(runtime.engine) as connection:
            return (await jobs.queries_on(PsycopgDriver(connection)).plan_upgrade()).statements

    assert asyncio.run(plan()) == ()


def test_a_worker_that_waits_to_hear_of_jobs_can_take_one_meanwhile(runtime):
    async def story() -> None:
        async with (
            await own_connection(runtime.engine) as listening,
            await own_connection(runtime.engine) as working,
            listening.lock,  # as long as psycopg waits for a notification
        ):
            driver = jobs.ListeningApart(listening, working)
            async with asyncio.timeout(10):
                assert await driver.fetch("SELECT 1 AS one") == [{"one": 1}]
                assert await driver.execute("SELECT 1") == "SELECT 1"

    asyncio.run(story())


def test_who_listens_for_jobs_ends_without_waiting_for_one(runtime):
    async def ending() -> float:
        stop = asyncio.Event()
        working = asyncio.create_task(jobs.work(runtime, stop))
        await asyncio.sleep(0.3)
        stop.set()
        told = time.monotonic()
        await working
        return time.monotonic() - told

    # The best of three, because the machine may be busy; who waits does so for 0.7 s or longer.
    assert min(asyncio.run(ending()) for _ in range(3)) < 0.4


def test_what_is_asked_for_often_is_put_up_once(runtime):
    asyncio.run(ask(runtime, *chores.CHORES[:2], *chores.CHORES[:2]))
    assert rows(runtime, "SELECT count(*) FROM jobs.pgqueuer") == [(2,)]


def test_a_worker_does_what_was_put_up(runtime, world):
    world.enrol(1)
    world.fire()
    world.send()
    shared = [chore for chore in chores.CHORES if chore.shared and chore.name == "fold"]
    assert all(chore.waits(runtime) for chore in shared)

    async def story() -> None:
        await ask(runtime, *shared)
        await do_until_empty(runtime)

    asyncio.run(story())
    assert not any(chore.waits(runtime) for chore in shared)


def test_s18_a_job_that_fails_leaves_no_word_of_why_in_the_queue(runtime, monkeypatch):
    async def fail(_runtime: Runtime) -> None:
        raise ValueError("+855381234567 said something")

    failing = Chore("fold", 1.0, fail, lambda _runtime: True)
    monkeypatch.setattr(jobs, "CHORES", (failing,))

    async def story() -> None:
        await ask(runtime, failing)
        await do_until_empty(runtime)

    asyncio.run(story())
    kept = rows(runtime, "SELECT status::text, traceback::text FROM jobs.pgqueuer_log")
    assert "exception" in {status for status, _ in kept}
    assert not [told for _, told in kept if told and "381234567" in told]


def test_the_board_says_that_the_database_is_away_and_comes_back(runtime):
    async def story() -> None:
        board = jobs.Board(runtime)
        await board.put_up(chores.CHORES[0])
        with transaction(runtime.engine) as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        with pytest.raises(Unavailable):
            await board.put_up(chores.CHORES[0])
        await board.put_up(chores.CHORES[0])
        await board.close()

    asyncio.run(story())


def test_each_shared_chore_can_say_whether_it_waits(runtime):
    assert not [c.name for c in chores.CHORES if c.shared and c.waits(runtime)]
    assert {c.name for c in chores.CHORES if c.shared} == {"plan", "ask", "fold", "mail"}
