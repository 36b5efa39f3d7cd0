"""Starts and stops the demo's two processes: the simulator, and `outreach serve`."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from outreach.kernel.errors import Unavailable

_START_SECONDS = 90.0
_STOP_SECONDS = 15.0
# Below those that the system gives to connections (32768 and up on Linux).
_FIRST_PORT, _PORTS = 20_000, 12_000


class Process:
    """One `outreach` command, its output in a log file; without a `url` nobody waits for it."""

    def __init__(
        self, name: str, arguments: list[str], env: Mapping[str, str], folder: Path, url: str = ""
    ) -> None:
        self._name, self._arguments, self._env = name, arguments, env
        self._log, self.url = folder / f"{name}.log", url
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its number while it runs, else 0."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Starts it and waits until it answers; raises Unavailable if it doesn't."""
        command = [sys.executable, "-m", "outreach", self._name, *self._arguments]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **self._env},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"{self._name} did not start.", remedy=f"See {self._log}.")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """SIGSTOP: it stands still and keeps what it holds."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on where it stood."""
        if self._process:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Asks it to end, and makes it."""
        if self._process is None or self._process.poll() is not None:
            return
        self.resume()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _answers(self) -> bool:
        if not self.url:
            return True  # It listens to nobody.
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):  # noqa: S310
                return True
        except urllib.error.HTTPError:
            return True
        except (urllib.error.URLError, OSError):
            return False


@dataclass(frozen=True)
class Fleet:
    """Several processes that are one installation; the first has the pages."""

    processes: Sequence[Process]

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self.processes[0].url

    def start(self) -> None:
        """Starts all, last the one that is waited for."""
        for process in reversed(self.processes):
            process.start()

    def kill(self) -> None:
        """SIGKILL to all."""
        for process in self.processes:
            process.kill()

    def stop(self) -> None:
        """Ends all in order."""
        for process in self.processes:
            process.stop()


def free_port() -> int:
    """A port that nothing listens on now, and that no connection is given by chance: a process that
    is started again must find its port free."""
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
