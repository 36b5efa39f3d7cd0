"""Says what time it is: really, at rest (tests), or on the accelerated clock of a rehearsal.

Our Clock alone decides what is due; everything stored is UTC.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

# real epoch (s), rehearsal epoch (s), rate, skipped (s): four little-endian doubles.
_FACE = struct.Struct("<4d")
_SKIPPED_AT = 24


class Clock(Protocol):
    """The injected source of time."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move (ships as the tests' double)."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        """Moves on by `by`."""
        self._at += by


class RehearsalClock:
    """A fixed-start clock that runs `rate` times as fast, shared by processes through a file.

    The file holds four doubles; only the last one (seconds skipped) ever changes, in one aligned
    8-byte write, so that readers in other processes never see half of it.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._face = mmap.mmap(file.fileno(), _FACE.size)
        self._real, self._start, self.rate, _ = _FACE.unpack(self._face[: _FACE.size])

    @classmethod
    def create(cls, path: Path, *, start: datetime, rate: float) -> RehearsalClock:
        """Makes the file at `path` (replacing one that is there) and starts the clock."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(_FACE.pack(time.time(), start.timestamp(), rate, 0.0))
        os.replace(fresh, path)
        return cls(path)

    def now(self) -> datetime:
        skipped: float = struct.unpack_from("<d", self._face, _SKIPPED_AT)[0]
        elapsed = (time.time() - self._real) * self.rate
        return datetime.fromtimestamp(self._start + elapsed + skipped, UTC)

    def skip(self, by: timedelta) -> None:
        """Jumps forward by `by` for every process that shares the file (one writer only)."""
        if by < timedelta(0):
            raise ValueError("a rehearsal clock never goes back")
        skipped: float = struct.unpack_from("<d", self._face, _SKIPPED_AT)[0]
        struct.pack_into("<d", self._face, _SKIPPED_AT, skipped + by.total_seconds())


def open_clock(rehearsal_file: Path | None) -> Clock:
    """The rehearsal clock of `rehearsal_file`, or the machine's own if there is none."""
    return RehearsalClock(rehearsal_file) if rehearsal_file else SystemClock()
