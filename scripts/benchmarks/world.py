"""A register, a campaign and a gateway of its own process: what the sending benchmarks share."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from outreach.bootstrap import Runtime, build, migrate
from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.kernel.clock import RehearsalClock
from outreach.kernel.errors import Unavailable
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import new_keys
from outreach.planning import broadcasts, campaigns
from outreach.planning.queries import add_broadcast, campaign_by_slug
from outreach.settings import Settings, load_settings
from outreach.store.engine import transaction
from scripts.benchmarks.databases import fill, postgresql
from scripts.rehearsal.processes import free_port
from scripts.rehearsal.story import SLUG
from scripts.rehearsal.world import SENDER

LATENCY = 0.15
_AT = datetime(2026, 3, 2, 18, 0, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
_START_SECONDS = 20.0
_UNLIMITED = 1e9
Line = tuple[float, str, str]


@dataclass
class Loopback:
    """The gateway's process (`loopback.py`)."""

    url: str
    process: subprocess.Popen[bytes]

    def log(self) -> list[Line]:
        """What came since the last time: moment, number, attempt."""
        with urllib.request.urlopen(f"{self.url}/log", timeout=60) as answer:  # noqa: S310
            return [tuple(line) for line in json.load(answer)]

    def report(self, token: str) -> None:
        """From now on it reports on every message, signed with `token`; not where it is empty."""
        request = urllib.request.Request(f"{self.url}/report", token.encode())  # noqa: S310
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310
            return


@dataclass
class World:
    """Everything for one benchmark; nothing is sent yet."""

    folder: Path
    values: dict[str, object]
    settings: Settings
    engine: Engine
    clock: RehearsalClock
    gateway: Loopback

    def runtime(self) -> Runtime:
        """A process's parts."""
        return build(self.settings)

    def env(self) -> dict[str, str]:
        """The settings, for a process."""
        return {f"OUTREACH_{key.upper()}": str(value) for key, value in self.values.items()}

    def plan(self) -> None:
        """A broadcast to everybody, planned whole; none before it."""
        with transaction(self.engine) as connection:
            for table in ("receipt", "attempt", "delivery", "broadcast", "ledger_fact"):
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
            now = self.clock.now()
            broadcast = {
                "public_id": public_id("br"),
                "campaign_id": campaign_by_slug(connection, SLUG).id,
                "state": "running",
                "cursor": 0,
                "due_at": now,
                "started_at": now,
            }
            add_broadcast(connection, broadcast)
        while broadcasts.plan(self.engine, self.clock):
            continue

    def count(self, query: str) -> int:
        """The number that a query gives."""
        with transaction(self.engine) as connection:
            return int(connection.execute(text(query)).scalar_one())


def sqlite_world(
    folder: Path, contacts: int, **settings: object
) -> contextlib.AbstractContextManager[World]:
    """A world in a SQLite file."""
    return _world(f"sqlite:///{folder / 'bench.sqlite'}", folder, contacts, **settings)


@contextlib.contextmanager
def postgresql_world(folder: Path, contacts: int, **settings: object) -> Iterator[World]:
    """A world in a PostgreSQL database."""
    with postgresql() as url, _world(url, folder, contacts, **settings) as world:
        yield world


@contextlib.contextmanager
def _world(url: str, folder: Path, contacts: int, **settings: object) -> Iterator[World]:
    """A database with `contacts` people who all get the campaign's Khmer text, and a gateway that
    takes 150 ms to answer, in a process of its own."""
    clock = RehearsalClock.create(folder / "clock", start=_AT, rate=1.0)
    with loopback(LATENCY) as gateway:
        values: dict[str, object] = {
            "database_url": url,
            "twilio_base_url": gateway.url,
            "twilio_account_sid": f"AC{secrets.token_hex(16)}",
            "twilio_auth_token": secrets.token_hex(16),
            "public_url": f"http://127.0.0.1:{free_port()}",
            "secret_keys": new_keys(),
            "help_keys": new_keys(),
            "sender": SENDER,
            "sms_pace": _UNLIMITED,
            "rehearsal_clock": folder / "clock",
            "log_level": "WARNING",
            **settings,
        }
        chosen = load_settings(**values)
        engine = migrate(chosen)
        fill(engine, chosen.vault(), contacts)
        with transaction(engine) as connection:
            connection.execute(
                text("UPDATE contact SET consent='consented', channel='sms', language='km'")
            )
        doors = load_doors(chosen.campaigns_dir / "doors.csv")
        campaigns.bring_in(engine, clock, load(chosen.campaigns_dir / SLUG, doors), doors)
        try:
            yield World(folder, values, chosen, engine, clock, gateway)
        finally:
            engine.dispose()


@contextlib.contextmanager
def loopback(latency: float) -> Iterator[Loopback]:
    """The gateway, running."""
    port = free_port()
    command = [sys.executable, "-m", "scripts.benchmarks.loopback", "--port", str(port)]
    process = subprocess.Popen([*command, "--latency", str(latency)])
    gateway = Loopback(f"http://127.0.0.1:{port}", process)
    try:
        _wait_for(gateway)
        yield gateway
    finally:
        process.kill()
        process.wait()


def _wait_for(gateway: Loopback) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            gateway.log()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise Unavailable("The benchmark's gateway did not start.") from error
            time.sleep(0.05)
