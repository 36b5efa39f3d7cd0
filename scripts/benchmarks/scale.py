"""`scale`: one, two and four `outreach worker` processes on PostgreSQL against one gateway.

Each worker has 50 requests in flight and the gateway takes 150 ms, so a worker is bound by latency
and not by its processor; what is measured is that workers do not get into each other's way. Rates
are counted at the gateway, in the middle of a stretch in which all of them send.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from outreach.delivery import switches
from outreach.kernel.errors import Unavailable
from outreach.store.processes import present
from scripts.benchmarks.measure import Result
from scripts.benchmarks.world import Line, World, postgresql_world
from scripts.rehearsal.processes import Process

_IN_FLIGHT, _ROUNDS = 50, 3
_CONTACTS = 16_000
# Seconds that are not counted, then seconds that are.
_WARM, _COUNTED = 1.5, 5.0
_START_SECONDS = 90.0
_TARGETS = {2: 1.8, 4: 3.4}


def run(scale: float) -> Iterator[Result]:
    """Measures stretches of 5 × `scale` seconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql_world(Path(folder), _CONTACTS, in_flight=_IN_FLIGHT) as world,
    ):
        rates: dict[int, list[float]] = {1: [], **{workers: [] for workers in _TARGETS}}
        for _ in range(_ROUNDS):
            for workers, found in rates.items():
                found.append(_rate(world, workers, _COUNTED * scale))
        one = statistics.median(rates[1])
        for workers, target in _TARGETS.items():
            ours = statistics.median(rates[workers])
            yield Result(
                name=f"scale, {workers} workers",
                database="postgresql",
                ours=round(ours, 1),
                baseline=round(one, 1),
                ratio=round(ours / one, 3),
                unit="messages/s",
                peak_mb=round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1),
                target=target,
                ok=ours / one >= target,
            )


def _rate(world: World, workers: int, seconds: float) -> float:
    """Messages per second at the gateway while so many workers send."""
    engine, clock = world.engine, world.clock
    switches.stop(engine, clock, switches.EVERYTHING, reason="not yet", by="bench")
    world.plan()
    started = [Process("worker", [], world.env(), world.folder) for _ in range(workers)]
    try:
        for process in started:
            process.start()
        _wait_for(world, workers)
        world.gateway.log()
        switches.go_on(engine, clock, switches.EVERYTHING, reason="now", by="bench")
        lines = _first(world)
        time.sleep(_WARM + seconds)
        switches.stop(engine, clock, switches.EVERYTHING, reason="enough", by="bench")
        lines += world.gateway.log()
    finally:
        for process in started:
            process.stop()
        switches.go_on(engine, clock, switches.EVERYTHING, reason="over", by="bench")
    begins = lines[0][0] + _WARM
    return sum(begins <= line[0] < begins + seconds for line in lines) / seconds


def _first(world: World) -> list[Line]:
    """What came first, once anything does."""
    deadline = time.monotonic() + _START_SECONDS
    while not (lines := world.gateway.log()):
        if time.monotonic() > deadline:
            raise Unavailable("No worker sent anything.", remedy=f"See {world.folder}.")
        time.sleep(0.05)
    return lines


def _wait_for(world: World, workers: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while sum(found.kind == "worker" for found in present(world.engine)) < workers:
        if time.monotonic() > deadline:
            raise Unavailable("The workers did not start.", remedy=f"See {world.folder}.")
        time.sleep(0.1)
