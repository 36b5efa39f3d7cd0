"""One seeded run: a broadcast, one to three deaths of the sender, the restart, and the verdict."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from outreach.kernel.errors import OutreachError
from outreach.simulator.trouble import Fault, Reports, Trouble
from outreach.store.engine import make_engine
from scripts.crashes.databases import Prepared, number
from scripts.crashes.points import NAMED, Point, any_line
from scripts.crashes.verdict import caught, problems, unknown
from scripts.crashes.watch import Watch, states
from scripts.crashes.world import World, make_world
from scripts.rehearsal.network import Network

# Limits, seldom reached: a run takes some ten seconds.
_DEATH_SECONDS, _SETTLE_SECONDS = 60.0, 180.0
# From no register: strangers are answered like everybody (S3).
_STRANGER = 9_000
# What so small a broadcast does once or twice only.
_SELDOM = frozenset({"mid-refusal", "mid-look-up", "mid-poll", "mid-inbound"})
# So long what the dead sender wrote is still on its way to the network.
_ON_ITS_WAY = 0.1
# One in twenty is accepted and then times out: what the unknown share is measured at.
_TIMEOUTS = Fault("timeout_after", 0.05)
_ROUGH = (
    _TIMEOUTS,
    Fault("timeout_before", 0.02),
    Fault("5xx_after", 0.02),
    Fault("5xx_before", 0.02),
    Fault("reset_after", 0.02),
    Fault("20429", 0.05),
    Fault("malformed", 0.02),
)


@dataclass(frozen=True)
class Death:
    """A death at `point`; not `hit` where that was not reached in time (the sender was killed all
    the same). `left` is what it found under way."""

    point: str
    hit: bool
    left: dict[str, int]

    def __str__(self) -> str:
        return f"{'' if self.hit else '~'}{self.point}"


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    seed: int
    deaths: list[Death]
    deliveries: dict[str, int]
    unknown: dict[str, int]
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(
    prepared: Prepared, seed: int, only: Point | None = None, most: int = 3, *, split: bool = False
) -> Outcome:
    """Runs `seed`: the sender dies up to `most` times; with `only`, once and there. `split` runs
    web, scheduler and two workers apart, of which one dies."""
    began, rng = time.monotonic(), random.Random(seed)
    deaths: list[Death] = []
    with prepared.copy(str(seed)) as url:
        folder = prepared.folder / f"run-{seed}"
        world = make_world(folder, url, prepared.keys, prepared.shipped, split=split)
        try:
            points = [only] if only else _points(seed, rng)[:most]
            return _story(world, url, seed, rng, points, deaths, began)
        except OutreachError as error:
            return Outcome(seed, deaths, {}, {}, [f"{error} {_logs(world)}"])
        finally:
            world.close()


def _story(
    world: World,
    url: str,
    seed: int,
    rng: random.Random,
    points: list[Point],
    deaths: list[Death],
    began: float,
) -> Outcome:
    engine = _engine(url)
    network = Network(world.simulator.url, world.account_sid, world.auth_token)
    watch = Watch(world, engine, network)
    world.start_network(seed, _trouble(points[0].name if points else "", rng))
    # Before anybody serves: all that is told of these is the network's list.
    _people_write(network, rng)
    for point in points:
        victim, hit = world.start_senders(point)
        watch.settle(_DEATH_SECONDS)
        victim.kill()
        time.sleep(_ON_ITS_WAY)
        left = dict(caught(engine, network.truth()))
        deaths.append(Death(point.name, bool(hit.read_bytes()), left))
    world.start_senders(None)
    settled = watch.settle(_SETTLE_SECONDS) and world.alive
    world.stop_senders()
    found = [] if settled else [f"did not settle {_logs(world)}"]
    found += problems(engine, network.truth())
    return Outcome(
        seed, deaths, dict(states(engine)), dict(unknown(engine)), found,
        round(time.monotonic() - began, 1),
    )  # fmt: skip


def _points(seed: int, rng: random.Random) -> list[Point]:
    """A named point by turns, then perhaps any line of the pipeline, once or twice."""
    point = NAMED[seed % len(NAMED)]
    lines = [any_line(rng) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
    # The first time round each dies where it can't be missed.
    nth = 1 if point.name in _SELDOM or seed <= len(NAMED) else rng.choice((1, 1, 2, 3))
    return [replace(point, nth=nth), *lines]


def _trouble(point: str, rng: random.Random) -> Trouble:
    """What the gateway does wrong in this run: nothing but time-outs, or a bit of everything."""
    if not point:
        return Trouble(latency=0.02, faults=(_TIMEOUTS,), silent=0.0)
    lost = 0.3 if point == "mid-poll" else 0.05
    faults = _ROUGH if rng.random() < 0.5 else (_TIMEOUTS,)
    if point == "mid-look-up":
        # Of what was taken the reports tell before anybody looks.
        faults = (Fault("timeout_before", 0.2), *faults)
    if point == "mid-refusal":
        faults = (Fault("20429", 0.3), *faults)
    reports = Reports(lost=lost, twice=0.1, shuffled=0.1, strange=0.05)
    # An operator's own silence is no fault of ours: it would hide what the crashes leave unknown.
    return Trouble(latency=0.02, faults=faults, reports=reports, silent=0.0)


def _people_write(network: Network, rng: random.Random) -> None:
    """One in the queue says STOP, a stranger asks for help, another rings."""
    network.text(number(rng.randrange(20)), "STOP")
    network.text(number(_STRANGER), "ជួយ")
    network.missed_call(number(_STRANGER + 1))


def _engine(url: str) -> Any:
    """An engine that keeps no connection: the process is forked from."""
    address = make_engine(url).url
    return create_engine(address, poolclass=NullPool, hide_parameters=True)


def _logs(world: World) -> str:
    """The end of what the senders said."""
    logs = (world.folder / f"{sender.name}.log" for sender in world.senders)
    return " | ".join(log.read_text(errors="replace")[-600:] for log in logs if log.exists())
