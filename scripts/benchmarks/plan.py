"""`plan`: a broadcast to 1,000,000 people, planned in chunks, against one bare INSERT … SELECT.

Both sides fill the same table with the same indexes in the same file, as many rows. Ours decides
of each person whether and by which channel, commits every chunk with its cursor, and writes a fact
for each who is left out. `plan.memory` is by how much this process grew at the most while it
planned; `baseline` is how much it may; the same after the first 100,000.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.kernel.clock import FixedClock, SystemClock
from outreach.kernel.errors import OutreachError
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import new_keys, parse_keys
from outreach.planning import broadcasts, campaigns
from outreach.planning.queries import add_broadcast, campaign_by_slug
from outreach.settings import load_settings
from outreach.store.engine import make_engine, transaction
from scripts.benchmarks.databases import each_database, fill
from scripts.benchmarks.measure import Result, at_most, compare
from scripts.rehearsal.story import SLUG

_PEOPLE, _FIRST, _ROUNDS = 1_000_000, 100_000, 3
_TARGET, _MOST_MB = 0.5, 100.0
_TABLES = ("delivery", "broadcast", "ledger_fact")
_BARE = text(
    """
    INSERT INTO delivery (broadcast_id, campaign_id, contact_id, state, reason, channel, language,
                          zone, due_at, expires_at, attempts, updated_at)
    SELECT 1, 1, id, 'pending', '', 'sms', language, timezone, updated_at, updated_at, 0, updated_at
    FROM contact
    """
)


def run(scale: float) -> Iterator[Result]:
    """On both databases: three rounds, and the memory that the first of them took."""
    people = round(_PEOPLE * scale)
    for name, url in each_database():
        engine = make_engine(url)
        bench = _Bench(engine, people)
        growth = bench.growth()
        for size, megabytes in growth.items():
            yield at_most(f"plan.memory.{size}", name, megabytes, _MOST_MB, "MB")
        yield compare(
            "plan",
            name,
            bench.ours,
            bench.bare,
            rounds=_ROUNDS,
            unit="deliveries/s",
            target=_TARGET,
        )
        engine.dispose()


class _Bench:
    def __init__(self, engine: Engine, people: int) -> None:
        self._engine, self._people = engine, people
        self._clock = FixedClock(SystemClock().now())
        settings = load_settings()
        fill(engine, parse_keys(new_keys(), "bench"), people)
        doors = load_doors(settings.campaigns_dir / "doors.csv")
        campaigns.bring_in(engine, self._clock, load(settings.campaigns_dir / SLUG, doors), doors)

    def ours(self) -> float:
        """Deliveries per second, planned as the leader does."""
        self._start()
        began = time.perf_counter()
        made = 0
        while number := broadcasts.plan(self._engine, self._clock):
            made += number
        seconds = time.perf_counter() - began
        self._expect(made)
        return made / seconds

    def bare(self) -> float:
        """Deliveries per second in one statement that decides nothing."""
        self._empty()
        began = time.perf_counter()
        with transaction(self._engine) as connection:
            connection.execute(_BARE)
        seconds = time.perf_counter() - began
        self._expect(self._people)
        return self._people / seconds

    def growth(self) -> dict[int, float]:
        """Megabytes by which the process grew at the most, by the number of people planned."""
        self._start()
        before = _peak_afresh()
        found: dict[int, float] = {}
        made = 0
        while number := broadcasts.plan(self._engine, self._clock):
            made += number
            if made >= _FIRST and not found:
                found[made] = round(_peak() - before, 1)
        return found | {made: round(_peak() - before, 1)}

    def _start(self) -> None:
        self._empty()
        self._clock.advance(timedelta(days=1))
        now = self._clock.now()
        with transaction(self._engine) as connection:
            broadcast = {
                "public_id": public_id("br"),
                "campaign_id": campaign_by_slug(connection, SLUG).id,
                "state": "running",
                "cursor": 0,
                "due_at": now,
                "started_at": now,
            }
            add_broadcast(connection, broadcast)

    def _empty(self) -> None:
        is_sqlite = self._engine.dialect.name == "sqlite"
        with transaction(self._engine) as connection:
            for table in _TABLES:
                connection.execute(
                    text(f"DELETE FROM {table}" if is_sqlite else f"TRUNCATE {table}")  # noqa: S608
                )
        if is_sqlite:
            with self._engine.connect() as connection:
                raw = connection.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _expect(self, made: int) -> None:
        query = text("SELECT count(*) FROM delivery")
        with transaction(self._engine) as connection:
            kept = connection.execute(query).scalar_one()
        if not made == kept == self._people:
            raise OutreachError(f"Of {self._people} people {kept} are planned.")


def _peak_afresh() -> float:
    """Forgets the process's peak of memory (Linux); what it is now, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OutreachError("This system does not tell a process's peak of memory.")
