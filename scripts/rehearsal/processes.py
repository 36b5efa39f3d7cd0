"""Starts and stops the demo's two processes: the simulator, and `outreach serve`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from outreach.kernel.errors import Unavailable

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0


class Process:
    """One `outreach` command, its output in a log file."""

    def __init__(
        self, name: str, arguments: list[str], env: Mapping[str, str], folder: Path, url: str
    ) -> None:
        self._name, self._arguments, self._env = name, arguments, env
        self._log, self.url = folder / f"{name}.log", url
        self._process: subprocess.Popen[bytes] | None = None

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

    def stop(self) -> None:
        """Asks it to end, and makes it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):  # noqa: S310
                return True
        except urllib.error.HTTPError:
            return True
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
