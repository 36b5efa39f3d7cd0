"""A whole worker whose connections to PostgreSQL are cut in mid-batch goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

from sqlalchemy import make_url, text

from outreach.bootstrap import Runtime
from outreach.delivery import settle
from outreach.delivery.tables import Delivery
from outreach.gateways.memory import MemoryGateway
from outreach.planning.sending.check import Check
from outreach.store.engine import make_engine, reading, transaction
from outreach.worker import jobs
from outreach.worker.chores import CHORES
from outreach.worker.split import send_and_work
from tests.world import World

DELIVERIES = Delivery.__table__
# A chunk is ten people; these are cut.
PEOPLE, PACE, CUTS = 80, 120, (1, 3, 5)
_CUT = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name <> 'beside' AND datname = current_database()"
)
_JOBS = "SELECT count(*) FROM jobs.pgqueuer"
_WAITING = "SELECT count(*) FROM delivery WHERE state IN ('pending', 'leased')"


def cutting(check: Check, cut: Callable[[], None]) -> Check:
    """The same check, but all connections are cut in the middle of some of its transactions."""
    chunks = count()

    def check_and_cut(connection, rows, now):
        if next(chunks) in CUTS:
            cut()
        return check(connection, rows, now)

    return check_and_cut


async def until(done: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(done):  # noqa: ASYNC110  (it is about the database)
            await asyncio.sleep(0.1)


def test_a_worker_that_is_cut_off_three_times_goes_on_and_everybody_gets_it_once(
    runtime: Runtime, world: World
) -> None:
    clock = runtime.clock
    everybody = [world.enrol(index) for index in range(PEOPLE)]
    world.fire()
    gateway, (cut, beside) = MemoryGateway(now=clock.now), cutter(runtime)
    lane = runtime.desk.broadcasts
    cut_off = replace(
        runtime,
        gateway=gateway,
        settings=runtime.settings.model_copy(update={"sms_pace": PACE}),
        lanes=(replace(lane, check=cutting(lane.check, cut)),),
    )

    def ask(query: str) -> int:
        with reading(beside) as connection:
            return connection.execute(text(query)).scalar_one()

    async def all_left() -> None:
        """Until nothing waits, and nothing leaves any more."""
        seen = -1
        while seen != (seen := len(gateway.sms)):
            await until(lambda: not ask(_WAITING))
            await asyncio.sleep(1.5)

    async def story() -> None:
        working = asyncio.create_task(send_and_work(cut_off))
        await all_left()
        assert not working.done()
        # What it had leased it records when the database is there again.
        assert {row.state for row in world.all(DELIVERIES)} == {"trying"}
        clock.advance(timedelta(minutes=11))
        settle.tidy(beside, clock, lane)
        await settle.reconcile(beside, clock, lane, gateway)
        await all_left()
        board = jobs.Board(replace(runtime, engine=beside))
        await board.put_up(next(chore for chore in CHORES if chore.name == "fold"))
        await until(lambda: not ask(_JOBS))  # it does jobs again, too
        await board.close()
        os.kill(os.getpid(), signal.SIGTERM)
        await working

    asyncio.run(story())
    assert Counter(sms.to for sms in gateway.sms) == Counter(everybody)
    assert {row.state for row in world.all(DELIVERIES)} == {"trying"}
    beside.dispose()


def cutter(runtime: Runtime):
    """What cuts all connections but its own engine's, and that engine."""
    url = make_url(runtime.settings.database_url).update_query_dict({"application_name": "beside"})
    beside = make_engine(url.render_as_string(hide_password=False))

    def cut() -> None:
        with transaction(beside) as connection:
            assert connection.execute(_CUT).scalar_one() > 0

    return cut, beside
