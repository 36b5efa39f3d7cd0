"""The demo's world: folder, keys, clock, ports and processes, fresh for every run."""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from outreach.cli.ports import require_free
from outreach.kernel.clock import RehearsalClock
from outreach.kernel.errors import Conflict
from outreach.kernel.sealing import new_keys
from outreach.settings import Settings, load_settings
from scripts.rehearsal.door import DOOR, campaigns_with_door
from scripts.rehearsal.processes import Fleet, Process, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
ZONE = ZoneInfo("Asia/Phnom_Penh")
# A Monday before six in the evening, when texts and calls are both allowed. The campaign fires at
# six; what is left of the hour when all is prepared is skipped.
START = datetime(2026, 3, 2, 16, 0, tzinfo=ZONE)
FIRES = "2026-03-02T18:00"
RATE = 30.0
SENDER = "+855381280000"
_SMS_PACE, _CALL_PACE = 200, 50


@dataclass(frozen=True)
class World:
    """Everything that the story needs."""

    folder: Path
    settings: Settings
    clock: RehearsalClock
    simulator: Process
    outreach: Process | Fleet
    account_sid: str
    auth_token: str

    @property
    def console(self) -> str:
        """Where the console is."""
        return self.settings.public_url


@contextlib.contextmanager
def fresh_world(
    var: Path, port: int, seed: int, *, database_url: str = "", split: bool = False
) -> Iterator[World]:
    """A clean folder in `var` and nothing running yet; stops what was started at the end. Without
    a `database_url` it has a SQLite file; `split` runs web, schedulers and workers apart.

    Raises Conflict if a demo runs already or the port is taken.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "A demo is running already.", remedy="Stop it with Ctrl-C, then start this one."
            ) from error
        require_free("127.0.0.1", port)
        folder = var / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        world = _make(folder, port, seed, database_url, split)
        try:
            yield world
        finally:
            world.outreach.stop()
            world.simulator.stop()


def _make(folder: Path, port: int, seed: int, database_url: str, split: bool) -> World:
    network = free_port()
    account_sid, auth_token = f"AC{secrets.token_hex(16)}", secrets.token_hex(16)
    clock = RehearsalClock.create(folder / "clock", start=START, rate=RATE)
    values: dict[str, object] = {
        "database_url": database_url or f"sqlite:///{folder / 'outreach.sqlite'}",
        "public_url": f"http://127.0.0.1:{port}",
        "twilio_base_url": f"http://127.0.0.1:{network}",
        "twilio_account_sid": account_sid,
        "twilio_auth_token": auth_token,
        "secret_keys": new_keys(),
        "help_keys": new_keys(),
        "sender": SENDER,
        "numbers": DOOR,
        "sms_pace": _SMS_PACE,
        "call_pace": _CALL_PACE,
        "rehearsal_clock": folder / "clock",
        "campaigns_dir": campaigns_with_door(ROOT / "campaigns", folder, START.date()),
        "log_level": "INFO",
    }
    env = {f"OUTREACH_{name.upper()}": str(value) for name, value in values.items()}
    return World(
        folder=folder,
        settings=load_settings(**values),
        clock=clock,
        simulator=Process(
            "simulator",
            ["--port", str(network), "--seed", str(seed)],
            env,
            folder,
            f"http://127.0.0.1:{network}",
        ),
        outreach=(_fleet if split else _serve)(port, env, folder),
        account_sid=account_sid,
        auth_token=auth_token,
    )


def _serve(port: int, env: Mapping[str, str], folder: Path) -> Process:
    return Process("serve", ["--port", str(port)], env, folder, f"http://127.0.0.1:{port}")


def _fleet(port: int, env: Mapping[str, str], folder: Path) -> Fleet:
    web = Process("web", ["--port", str(port)], env, folder, f"http://127.0.0.1:{port}")
    others = [Process(name, [], env, folder) for name in ("scheduler", "worker") for _ in range(2)]
    return Fleet([web, *others])
