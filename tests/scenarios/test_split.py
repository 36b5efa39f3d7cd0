"""Web, two schedulers and two workers on PostgreSQL: some die or stand still, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from outreach.bootstrap import migrate
from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.planning import campaigns
from outreach.store.processes import Present, present
from scripts.rehearsal import look
from scripts.rehearsal.processes import Fleet, free_port
from scripts.rehearsal.story import SLUG, Story
from scripts.rehearsal.world import World, fresh_world
from tests.scenarios.test_story import CONTACTS, check


@pytest.fixture
def world(tmp_path: Path, postgresql_url: str) -> Iterator[World]:
    with fresh_world(tmp_path, free_port(), 5, database_url=postgresql_url, split=True) as found:
        yield found


def leader(engine: Engine) -> Present | None:
    return next((found for found in present(engine) if found.leads), None)


def wait_for(what: Callable[[], bool], seconds: float) -> float:
    """Seconds until it is so."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def test_a_leader_that_is_killed_is_followed_within_thirty_seconds(world: World) -> None:
    assert isinstance(world.outreach, Fleet)
    _web, *schedulers, _worker, _other = world.outreach.processes
    engine, doors = migrate(world.settings), load_doors(world.settings.campaigns_dir / "doors.csv")
    campaign = load(world.settings.campaigns_dir / SLUG, doors)
    campaigns.bring_in(engine, world.clock, campaign, doors)
    for process in schedulers:
        process.start()
    wait_for(lambda: len(present(engine)) == 2 and leader(engine) is not None, 60)
    first = leader(engine)
    assert first
    next(process for process in schedulers if process.pid == first.pid).kill()
    soon = world.clock.now() + timedelta(minutes=1)
    at = soon.strftime("%Y-%m-%dT%H:%M:%S")
    campaigns.set_schedule(engine, world.clock, SLUG, kind="once", rule=at, zone="UTC")
    # It does not only call itself so: what was due meanwhile is done.
    wait_for(lambda: look.count(engine, "SELECT count(*) FROM broadcast") == 1, 30)
    second = leader(engine)
    assert second
    assert second.pid != first.pid
    engine.dispose()


def test_a_worker_dies_and_the_leader_stands_still_in_mid_broadcast(world: World) -> None:
    assert isinstance(world.outreach, Fleet)
    _web, *schedulers, worker, _other = world.outreach.processes
    story = Story(world, lambda _line: None, True, CONTACTS, seed=3)
    began = time.monotonic()
    imported = story.prepare()
    world.simulator.start()
    world.outreach.start()
    story.watch.until(lambda: look.tried(story.engine) > CONTACTS // 3, "nothing is sent")
    worker.kill()
    first = leader(story.engine)
    assert first
    leading = next(process for process in schedulers if process.pid == first.pid)
    leading.pause()
    story.broadcast()

    def another_leads() -> bool:
        found = leader(story.engine)
        return found is not None and found.pid != first.pid

    assert wait_for(another_leads, 30) < 30
    leading.resume()
    worker.start()
    story.answers()
    story.finish()
    # A stop holds within a real second: here hooks and senders are several processes.
    check(story.facts(imported, began, within=timedelta(seconds=world.clock.rate)))
    story.engine.dispose()
