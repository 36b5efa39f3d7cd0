"""One run's world: a copy of a prepared database, a clock, a simulator and a sender to be killed.

Processes are forked from one that has imported everything: a start costs milliseconds, and what is
killed is still a process of its own with its own connections.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
import uvloop

from outreach.bootstrap import Runtime, assemble
from outreach.content.shipped import Shipped
from outreach.gateways.registry import gateway_from
from outreach.kernel.clock import RehearsalClock
from outreach.kernel.errors import Unavailable
from outreach.planning import broadcasts
from outreach.settings import Settings
from outreach.simulator.config import NetworkConfig
from outreach.simulator.server import run as run_simulator
from outreach.simulator.trouble import Trouble
from outreach.store.engine import make_engine
from outreach.web.app import create_app
from outreach.worker import ticks
from outreach.worker.presence import Presence
from outreach.worker.sending import sending
from outreach.worker.split import schedule, send_and_work
from scripts.crashes.points import Point
from scripts.crashes.trap import Trap
from scripts.rehearsal.processes import free_port

START = datetime(2026, 3, 2, 17, 59, 50, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
RATE = 120.0
SENDER = "+855381280000"
# The client's patience in real seconds: after it nothing of a request is on its way any more.
PATIENCE = 0.4
_TICK_SECONDS = 0.15
_CHUNK = 7
_SPLIT = ("web", "scheduler", "worker-1", "worker-2")
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0


class Child:
    """A forked process; with a `port` it serves at `url`."""

    def __init__(self, name: str, folder: Path, port: int = 0) -> None:
        self._log, self._pid = folder / f"{name}.log", 0
        self.name, self.port, self.url = name, port, f"http://127.0.0.1:{port}"

    def start(self, work: Callable[[], None], *, wait: bool = True) -> None:
        """Forks and runs `work`; with `wait`, until it answers if it serves. Raises Unavailable."""
        self._pid = os.fork()
        if self._pid == 0:
            self._become(work)
        deadline = time.monotonic() + _START_SECONDS
        while wait and self.port and not self._answers():
            if not self.alive or time.monotonic() > deadline:
                raise Unavailable(f"The {self.name} did not start.", remedy=f"See {self._log}.")
            time.sleep(0.01)

    @property
    def alive(self) -> bool:
        """Whether it runs still."""
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0]:
            self._pid = 0
        return self._pid != 0

    def kill(self) -> None:
        """SIGKILL: as a power cut would."""
        if self.alive:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0

    def stop(self) -> None:
        """Asks it to end, and makes it."""
        if not self.alive:
            return
        os.kill(self._pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.01)
        self.kill()

    def _become(self, work: Callable[[], None]) -> None:
        code = 1
        try:
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            work()
            code = 0
        finally:
            # No clean-up of what the parent had open.
            os._exit(code)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):  # noqa: S310
                return True
        except urllib.error.HTTPError:
            return True
        except (urllib.error.URLError, OSError):
            return False


@dataclass(frozen=True)
class World:
    """Everything of one run; `simulator` and the credentials serve scripts.rehearsal.network."""

    folder: Path
    settings: Settings
    clock: RehearsalClock
    simulator: Child
    # One that does all, or web, scheduler and workers.
    senders: tuple[Child, ...]
    account_sid: str
    auth_token: str
    shipped: Shipped

    def start_network(self, seed: int, trouble: Trouble) -> None:
        """Starts the rehearsal network."""
        config = NetworkConfig(
            seed=seed,
            account_sid=self.account_sid,
            auth_token=self.auth_token,
            inbound_hook=f"{self.settings.public_url}/hooks/twilio/message",
            voice_hook=f"{self.settings.public_url}/hooks/twilio/voice",
            sender=SENDER,
            retry_seconds=0.3,
            trouble=trouble,
        )
        self.simulator.start(
            lambda: run_simulator(
                config, RehearsalClock(self.folder / "clock"), port=self.simulator.port
            )
        )

    @property
    def alive(self) -> bool:
        """Whether all senders run still."""
        return all(sender.alive for sender in self.senders)

    def start_senders(self, point: Point | None) -> tuple[Child, Path]:
        """Starts what doesn't run, and anew who is to die at `point`: that sender, and a file that
        is filled when it got there. Without a point waits until they serve."""
        hit = self.folder / f"hit-{time.monotonic_ns()}"
        hit.touch()
        victim = self._victim(point)
        if point:
            victim.kill()
        # The doomed first: what is done once at a start falls to it.
        for sender in sorted(self.senders, key=lambda sender: sender is not victim):
            if not sender.alive:
                doomed = point if sender is victim else None
                sender.start(partial(self._serve, sender.name, doomed, hit), wait=point is None)
        return victim, hit

    def stop_senders(self) -> None:
        """Ends them in order."""
        for sender in self.senders:
            sender.stop()

    def _victim(self, point: Point | None) -> Child:
        """Who passes `point`: hooks are the first one's, all else is done by the last one (too)."""
        return self.senders[0 if point and point.hooks else -1]

    def _serve(self, name: str, point: Point | None, hit: Path) -> None:
        if point:
            Trap(point, os.open(hit, os.O_WRONLY)).set()
        # Beside a clock that runs fast; and a plan of several chunks.
        ticks.CHORES = tuple(
            replace(chore, seconds=max(_TICK_SECONDS, chore.seconds / RATE))
            for chore in ticks.CHORES
        )
        broadcasts.CHUNK = _CHUNK
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        runtime = self._runtime()
        if name == "scheduler":
            uvloop.run(schedule(runtime))
        elif name.startswith("worker"):
            uvloop.run(send_and_work(runtime))
        else:
            self._serve_hooks(name, runtime)

    def _serve_hooks(self, name: str, runtime: Runtime) -> None:
        presence = Presence(runtime, name)
        if name == "web":
            app = create_app(runtime, around=presence.among_others)
        else:
            dispatcher = runtime.dispatcher(presence.who.id, presence.senders)
            around = partial(sending, runtime, dispatcher, presence)
            app = create_app(runtime, wake=dispatcher.wake, around=around)
        port = self.senders[0].port
        uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)

    def _runtime(self) -> Runtime:
        settings = self.settings
        gateway = gateway_from(
            base_url=settings.twilio_base_url,
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            public_url=settings.public_url,
            timeout=PATIENCE,
        )
        return assemble(
            settings,
            make_engine(settings.database_url),
            RehearsalClock(self.folder / "clock"),
            gateway,
            self.shipped,
        )

    def skip(self, by: timedelta) -> None:
        """Puts the clock on."""
        self.clock.skip(by)

    def close(self) -> None:
        """Ends what runs and removes the folder."""
        for process in (*self.senders, self.simulator):
            process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def make_world(
    folder: Path, database_url: str, keys: dict[str, str], shipped: Shipped, *, split: bool
) -> World:
    """A world around a database that is ready; nothing runs yet."""
    folder.mkdir(parents=True, exist_ok=True)
    network = Child("simulator", folder, free_port())
    first, *others = _SPLIT if split else ("serve",)
    senders = (Child(first, folder, free_port()), *(Child(name, folder) for name in others))
    account_sid, auth_token = f"AC{secrets.token_hex(16)}", secrets.token_hex(16)
    clock = RehearsalClock.create(folder / "clock", start=START, rate=RATE)
    settings = Settings(
        database_url=database_url,
        public_url=senders[0].url,
        twilio_base_url=network.url,
        twilio_account_sid=account_sid,
        twilio_auth_token=auth_token,
        sender=SENDER,
        # So that a death touches a part of the broadcast, not all of it.
        sms_pace=90,
        call_pace=100,
        **keys,
    )
    return World(folder, settings, clock, network, senders, account_sid, auth_token, shipped)
