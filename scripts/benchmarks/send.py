"""`send`: the pipeline from due deliveries to recorded answers, against the bare HTTP loop.

Both sides send the same text to the same simulator process with the same client and as many
requests at a time. Ours also claims, checks again, commits each attempt before its request and
each answer after it (SQLite, synchronous=FULL). The simulator's clock stands still, so that no
receipts come in between.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from outreach.bootstrap import migrate
from outreach.content.campaign import load
from outreach.content.doors import load_doors
from outreach.delivery.dispatch import Dispatcher, SenderPace
from outreach.gateways.ports import Accepted, Gateway, SmsOut
from outreach.gateways.registry import gateway_from
from outreach.kernel.clock import RehearsalClock
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import new_keys
from outreach.people.importing import import_contacts
from outreach.people.places import load_places
from outreach.planning import broadcasts, campaigns
from outreach.planning.lane import broadcast_lane
from outreach.settings import Settings, load_settings
from outreach.store.engine import transaction
from scripts.benchmarks.measure import Result, compare
from scripts.rehearsal.processes import Process, free_port
from scripts.rehearsal.register import write_register
from scripts.rehearsal.story import SLUG, communes
from scripts.rehearsal.world import SENDER

_MESSAGES, _ROUNDS, _IN_FLIGHT = 2_000, 5, 150
# A safe pipeline costs something; below half the bare loop it would cost too much.
_TARGET = 0.5
_AT = datetime(2026, 3, 2, 18, 0, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
_UNLIMITED = 1e9


@dataclass
class _Bench:
    settings: Settings
    engine: Engine
    clock: RehearsalClock

    def ours(self) -> float:
        """Messages per second through the pipeline."""
        self._plan()
        return asyncio.run(self._drain())

    def baseline(self) -> float:
        """Messages per second in a bare loop of the same client."""
        return asyncio.run(self._loop())

    def _plan(self) -> None:
        with transaction(self.engine) as connection:
            for table in ("attempt", "delivery", "broadcast", "ledger_fact"):
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        campaigns.set_schedule(
            self.engine,
            self.clock,
            SLUG,
            kind="once",
            rule="2026-03-02T18:00",
            zone=str(_AT.tzinfo),
        )
        broadcasts.fire_due(self.engine, self.clock)
        while broadcasts.plan(self.engine, self.clock):
            continue

    async def _drain(self) -> float:
        lane = broadcast_lane(self.settings.vault(), loopback=True)
        gateway = _gateway(self.settings)
        pace = SenderPace(SENDER, _UNLIMITED, _UNLIMITED, _IN_FLIGHT)
        with ThreadPoolExecutor(1) as executor:
            began = time.perf_counter()
            await Dispatcher(self.engine, self.clock, gateway, [lane], pace, executor).drain()
            seconds = time.perf_counter() - began
        await gateway.close()
        return self._sent() / seconds

    async def _loop(self) -> float:
        gateway, slots = _gateway(self.settings), asyncio.Semaphore(_IN_FLIGHT)
        body, total = self._body(), self._sent()

        async def one(position: int) -> None:
            async with slots:
                sms = SmsOut(f"+85538{position:07d}", SENDER, body, public_id("b"), 3_600)
                outcome = await gateway.send_sms(sms)
                if not isinstance(outcome, Accepted):
                    raise RuntimeError(f"the simulator did not accept a message: {outcome}")

        began = time.perf_counter()
        await asyncio.gather(*(one(position) for position in range(total)))
        seconds = time.perf_counter() - began
        await gateway.close()
        return total / seconds

    def _sent(self) -> int:
        query = "SELECT count(*) FROM attempt WHERE state = 'submitted'"
        with transaction(self.engine) as connection:
            return int(connection.execute(text(query)).scalar_one())

    def _body(self) -> str:
        query = "SELECT body FROM wording WHERE language = 'km' AND channel = 'sms'"
        with transaction(self.engine) as connection:
            return str(connection.execute(text(query)).scalar_one())


def run(scale: float) -> Iterator[Result]:
    """Measures with about 2,000 × `scale` messages a round."""
    with _bench(max(50, round(_MESSAGES * scale))) as bench:
        yield compare(
            "send",
            "sqlite",
            bench.ours,
            bench.baseline,
            rounds=_ROUNDS,
            unit="messages/s",
            target=_TARGET,
        )


@contextmanager
def _bench(contacts: int) -> Iterator[_Bench]:
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        clock = RehearsalClock.create(folder / "clock", start=_AT, rate=0)
        values: dict[str, object] = {
            "database_url": f"sqlite:///{folder / 'bench.sqlite'}",
            "twilio_base_url": f"http://127.0.0.1:{port}",
            "twilio_account_sid": f"AC{secrets.token_hex(16)}",
            "twilio_auth_token": secrets.token_hex(16),
            "secret_keys": new_keys(),
            "help_keys": new_keys(),
            "sender": SENDER,
            "rehearsal_clock": folder / "clock",
        }
        settings = load_settings(**values)
        engine = migrate(settings)
        _prepare(engine, settings, clock, folder, contacts)
        env = {f"OUTREACH_{key.upper()}": str(value) for key, value in values.items()}
        url = str(values["twilio_base_url"])
        simulator = Process("simulator", ["--port", str(port)], env, folder, url)
        simulator.start()
        try:
            yield _Bench(settings, engine, clock)
        finally:
            simulator.stop()
            engine.dispose()


def _prepare(
    engine: Engine, settings: Settings, clock: RehearsalClock, folder: Path, contacts: int
) -> None:
    load_places(engine)
    path = folder / "register.csv"
    write_register(path, communes(engine), contacts, seed=1)
    import_contacts(
        engine,
        settings.vault(),
        clock,
        path,
        dry_run=False,
        rejects_path=folder / "rejected.csv",
        progress=lambda _done: None,
    )
    doors = load_doors(settings.campaigns_dir / "doors.csv")
    campaigns.bring_in(engine, clock, load(settings.campaigns_dir / SLUG, doors), doors)


def _gateway(settings: Settings) -> Gateway:
    return gateway_from(
        base_url=settings.twilio_base_url,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
    )
