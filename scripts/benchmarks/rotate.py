"""`rotate`: a register sealed anew with a new key, against the bare loop over the same values.

The rotation runs in a process of its own, is killed (SIGKILL) half-way and goes on in a second
one; its rows per second count both. Meanwhile people say STOP: how long the slowest one in a
hundred waits is told beside how long it waits when nothing else happens. At the end everything
must open without the old key and every STOP must hold.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine, select

from outreach.kernel.sealing import Vault, new_key, new_keys, parse_keys
from outreach.people import optout
from outreach.people.queries import CONTACTS, opted_out
from outreach.people.sealed import REGISTER
from outreach.store import rotation
from outreach.store.engine import make_engine, reading, transaction
from scripts.benchmarks.databases import each_database, fill
from scripts.benchmarks.measure import Result

_ROWS = 1_000_000
_LOOKUP_SHARE = 10
_SAMPLE = 50_000
# A rotation also reads and durably writes each row; below a tenth of the bare loop it would drag.
# New fingerprints move an index entry, the STOP and the history of each row with them.
_TARGET, _LOOKUP_TARGET = 0.1, 0.02
_STOPS_APART, _IDLE_STOPS = 0.1, 200
# What a person who says STOP may wait for it to be written, in the slowest one of a hundred.
_STOP_MS = 500.0
_NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class _Keys:
    old: str
    both: str
    new: str


def run(scale: float) -> Iterator[Result]:
    """Measures with 1,000,000 × `scale` contacts, and new lookup keys too with a tenth of that."""
    rows = max(2_000, round(_ROWS * scale))
    for name, url in each_database():
        yield from _measure("rotate", name, url, rows, _sealing_keys(), _TARGET)
    for name, url in each_database():
        yield from _measure(
            "rotate lookup keys too",
            name,
            url,
            max(2_000, rows // _LOOKUP_SHARE),
            _all_keys(),
            _LOOKUP_TARGET,
        )


def _sealing_keys() -> _Keys:
    seal, lookup = new_keys().split(",")
    fresh = new_key("seal")
    return _Keys(f"{seal},{lookup}", f"{fresh},{seal},{lookup}", f"{fresh},{lookup}")


def _all_keys() -> _Keys:
    old, fresh = new_keys(), new_keys()
    return _Keys(old, f"{fresh},{old}", fresh)


def _measure(
    what: str, database: str, url: str, rows: int, keys: _Keys, target: float
) -> Iterator[Result]:
    old, both, new = (parse_keys(text, "bench") for text in (keys.old, keys.both, keys.new))
    engine = make_engine(url)
    fill(engine, old, rows)
    bare = _bare(engine, old, new)
    idle = [_stop(engine, both, at) for at in range(_IDLE_STOPS)]
    stops: list[float] = []
    seconds = _rotate(url, keys.both, _killed_at(engine, both, rows), stops, engine, both)
    seconds += _rotate(url, keys.both, None, stops, engine, both)
    _require_done(engine, both, new, len(stops))
    engine.dispose()
    ours = rows / seconds
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Result(
        name=what,
        database=database,
        ours=round(ours, 1),
        baseline=round(bare, 1),
        ratio=round(ours / bare, 3),
        unit="rows/s",
        peak_mb=round(peak, 1),
        target=target,
        ok=ours / bare >= target,
    )
    worst, calm = _slowest(stops), _slowest(idle)
    yield Result(
        name=f"a STOP during {what}, {len(stops)} of them",
        database=database,
        ours=round(worst, 1),
        baseline=round(calm, 1),
        ratio=round(worst / calm, 3),
        unit="ms, 99th percentile (less is better)",
        peak_mb=round(peak, 1),
        target=_STOP_MS,
        ok=worst <= _STOP_MS,
    )


def _bare(engine: Engine, old: Vault, new: Vault) -> float:
    """Values per second unsealed and sealed again in memory."""
    with reading(engine) as connection:
        query = select(CONTACTS.c.number_sealed).limit(_SAMPLE)
        values = list(connection.execute(query).scalars())
    began = time.perf_counter()
    for value in values:
        number = old.unseal(value)
        new.seal(number)
        new.lookup(number)
    return len(values) / (time.perf_counter() - began)


def _killed_at(engine: Engine, both: Vault, rows: int) -> int:
    """How many rows are left when the first process is killed."""
    return rotation.left(engine, REGISTER, both) - rows // 2


def _rotate(
    url: str, keys: str, kill_at: int | None, stops: list[float], engine: Engine, both: Vault
) -> float:
    """Seconds that one process rotated until it ended, or was killed when `kill_at` rows were left;
    meanwhile numbers say STOP."""
    work = multiprocessing.get_context("spawn")
    ready = work.Event()
    process: BaseProcess = work.Process(target=_work, args=(url, keys, ready))
    process.start()
    ready.wait(60)
    began = time.perf_counter()
    while process.is_alive():
        stops.append(_stop(engine, both, _IDLE_STOPS + len(stops)))
        time.sleep(_STOPS_APART)
        looks = kill_at is not None and len(stops) % 10 == 0
        if looks and rotation.left(engine, REGISTER, both) <= (kill_at or 0) and process.pid:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            return time.perf_counter() - began
    seconds = time.perf_counter() - began
    process.join()
    if process.exitcode or kill_at is not None:
        raise RuntimeError(f"the rotation ended with {process.exitcode}")
    return seconds


def _work(url: str, keys: str, ready: object) -> None:
    ready.set()  # type: ignore[attr-defined]
    rotation.rotate(make_engine(url), REGISTER, parse_keys(keys, "bench"), lambda _done: None)


def _stop(engine: Engine, vault: Vault, position: int) -> float:
    """Milliseconds until the STOP of a registered number is durable."""
    began = time.perf_counter()
    with transaction(engine) as connection:
        optout.opt_out(connection, vault, _number(position), at=_NOW, source="sms")
    return (time.perf_counter() - began) * 1_000


def _number(position: int) -> str:
    return f"+85538{position:07d}"


def _require_done(engine: Engine, both: Vault, new: Vault, stops: int) -> None:
    said = range(_IDLE_STOPS + stops)
    with reading(engine) as connection:
        held = sum(bool(opted_out(connection, new.lookups(_number(at)))) for at in said)
        for value in connection.execute(select(CONTACTS.c.number_sealed)).scalars():
            new.unseal(value)
    if held != len(said) or rotation.left(engine, REGISTER, both):
        raise RuntimeError(f"{len(said) - held} STOPs are lost")


def _slowest(milliseconds: Sequence[float]) -> float:
    return statistics.quantiles(milliseconds, n=100)[98]
