"""Measures two sides in turns, and says how they compare."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Result:
    """One measurement: `ours` and `baseline` are medians in `unit`, `ratio` is ours / baseline."""

    name: str
    database: str
    ours: float
    baseline: float
    ratio: float
    unit: str
    peak_mb: float
    target: float
    ok: bool

    def as_dict(self) -> dict[str, Any]:
        """For one line of JSON."""
        return asdict(self)


def peak_mb() -> float:
    """The most memory that this process has held. Its own: `ru_maxrss` begins with what the process
    held that started it."""
    (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return round(int(line.split()[1]) / 1024, 1)


def compare(
    name: str,
    database: str,
    ours: Callable[[], float],
    baseline: Callable[[], float],
    *,
    rounds: int,
    unit: str,
    target: float,
) -> Result:
    """Runs both sides `rounds` times, interleaved; each returns its figure, more is better."""
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    mine = statistics.median(pair[0] for pair in pairs)
    theirs = statistics.median(pair[1] for pair in pairs)
    return Result(
        name=name,
        database=database,
        ours=round(mine, 1),
        baseline=round(theirs, 1),
        ratio=round(mine / theirs, 3),
        unit=unit,
        peak_mb=peak_mb(),
        target=target,
        ok=mine / theirs >= target,
    )


def at_most(name: str, database: str, value: float, limit: float, unit: str) -> Result:
    """A figure that must not pass `limit`, given as the baseline; less is better."""
    return Result(
        name=name,
        database=database,
        ours=round(value, 3),
        baseline=limit,
        ratio=round(value / limit, 3),
        unit=unit,
        peak_mb=peak_mb(),
        target=1.0,
        ok=value <= limit,
    )
