"""The whole story with real processes on loopback: what is claimed is what the handsets got."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.content.directory import load_directory
from outreach.content.rules.services import for_a_text
from scripts.rehearsal import look
from scripts.rehearsal.door import DOOR, campaigns_with_door
from scripts.rehearsal.processes import free_port
from scripts.rehearsal.story import Story
from scripts.rehearsal.world import ROOT, START, World, fresh_world

CONTACTS = 120


@pytest.fixture(params=[(1, "sqlite"), (7, "postgresql")], ids=lambda param: param[1])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A fresh world on each database, each of another seed."""
    seed, kind = request.param
    url = request.getfixturevalue("postgresql_url") if kind == "postgresql" else ""
    with fresh_world(tmp_path, free_port(), seed, database_url=url) as found:
        yield found


def tell(world: World, *, kill: bool) -> dict[str, object]:
    """The story with few people; `kill` ends the server with SIGKILL in mid-broadcast."""
    said: list[str] = []
    story = Story(world, said.append, True, CONTACTS, seed=3)
    began = time.monotonic()
    imported = story.prepare()
    world.simulator.start()
    world.outreach.start()
    if kill:
        half = CONTACTS // 3
        story.watch.until(lambda: look.tried(story.engine) > half, "nothing is sent")
        world.outreach.kill()
        assert look.busy(story.engine, world.clock.now()), "killed too late: nothing was under way"
        world.outreach.start()
    story.broadcast()
    story.answers()
    story.finish()
    found = story.facts(imported, began)
    story.engine.dispose()
    assert [DOOR in line for line in said].count(True) == 1
    return found


def check(found: dict[str, object]) -> None:
    assert found["handset_mismatches"] == 0
    assert found["double_sends"] == 0
    assert found["sent_after_stop"] == 0
    assert found["contacts"] == found["deliveries"] == CONTACTS
    ends = ("delivered", "unknown", "failed", "expired", "suppressed")
    assert sum(int(str(found[end])) for end in ends) == CONTACTS
    happened = ("delivered", "reached_unique", "replies", "calls", "callbacks_requested")
    assert all(found[name] for name in (*happened, "opted_out", "rejected_rows"))


def test_s33_the_rehearsals_own_number_is_never_given_later(tmp_path: Path) -> None:
    folder = campaigns_with_door(ROOT / "campaigns", tmp_path, START.date())
    directory = load_directory(folder / "directory")
    assert directory.approved

    def given(days: int) -> list[str]:
        line = for_a_text(directory.services, country="TH", now=START + timedelta(days=days))
        return [line.number] if line else []

    assert (given(0), given(14)) == ([DOOR], [])


def test_what_the_system_claims_equals_what_the_handsets_got(world: World) -> None:
    check(tell(world, kill=False))


def test_after_a_sigkill_in_mid_broadcast_nothing_is_lost_or_sent_twice(world: World) -> None:
    check(tell(world, kill=True))
