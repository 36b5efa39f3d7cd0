"""`receipts`: signed status hooks over HTTP until they are durable, against a signed echo.

`outreach serve` takes in two receipts of every attempt (*sent*, *delivered*), many at a time; the
other side is the same server with an endpoint that only looks at the signature, or (in
`receipts.road`) nothing at the end of the hooks' own road (`echo.py`). `receipts.p99` is how long
one takes, of 200 a second, while a broadcast of 200 parts a second leaves.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import text

from outreach.kernel.errors import Unavailable
from outreach.store.engine import transaction
from scripts.benchmarks.load import Post, post_all, signed
from scripts.benchmarks.measure import Result, at_most, compare
from scripts.benchmarks.world import World, sqlite_world
from scripts.rehearsal.processes import Process

_ATTEMPTS, _ROUNDS, _CONNECTIONS = 5_000, 5, 200
_PER_SECOND, _SECONDS, _PARTS_PER_SECOND = 200, 15, 200
_TARGET, _P99_SECONDS = 0.6, 0.05
# The target is meant beside an endpoint; how near ours comes to its own road is told.
ECHOES = (("", "endpoint", 1), (".road", "road", 0))
_UNDER_WAY = (
    """
    UPDATE delivery SET state = 'trying', attempts = 1, first_tried_at = updated_at WHERE id <= :n
    """,
    """
    INSERT INTO attempt (public_id, delivery_id, channel, state, sender, sid, parts, body_digest,
                         submitting_at, horizon_at, updated_at)
    SELECT 'b_' || lower(hex(randomblob(16))), id, channel, 'submitted', '', 'SM' || id, 3, '',
           updated_at, expires_at, updated_at
    FROM delivery WHERE id <= :n
    """,
)


def run(scale: float) -> Iterator[Result]:
    """How many a second; then how long one takes beside a broadcast."""
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name:
        yield from _rate(Path(name), round(_ATTEMPTS * scale))
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name:
        yield _delay(Path(name), max(3, round(_SECONDS * scale)))


def _rate(folder: Path, attempts: int) -> Iterator[Result]:
    with sqlite_world(folder, attempts) as world:
        bench = _Bench(world, attempts)
        for name, kind, target in ECHOES:
            yield compare(
                f"receipts{name}",
                "sqlite",
                bench.ours,
                partial(bench.echo, kind),
                rounds=_ROUNDS,
                unit="receipts/s",
                target=target * _TARGET,
            )


def _delay(folder: Path, seconds: int) -> Result:
    first = _PER_SECOND * seconds // 2
    people = first + _PARTS_PER_SECOND * seconds
    with sqlite_world(folder, people, sms_pace=_PARTS_PER_SECOND) as world:
        world.plan()
        posts = under_way(world, first)
        with serving(world):
            time.sleep(1)
            found = post_all(world.folder, posts, connections=_CONNECTIONS, rate=_PER_SECOND)
        if len(world.gateway.log()) < seconds:
            raise Unavailable("No broadcast left meanwhile.")
        return at_most("receipts.p99", "sqlite", found["p99"], _P99_SECONDS, "s")


class _Bench:
    def __init__(self, world: World, attempts: int) -> None:
        self._world, self._attempts = world, attempts
        self._posts: list[Post] = []

    def ours(self) -> float:
        """Receipts per second; refuses if one is not durable when the last was answered."""
        self._world.plan()
        self._posts = under_way(self._world, self._attempts)
        with serving(self._world):
            rate = self._post()
        done = self._world.count("SELECT count(*) FROM attempt WHERE state = 'delivered'")
        if done != self._attempts:
            raise Unavailable(f"Of {self._attempts} attempts {done} are known to be delivered.")
        return rate

    def echo(self, kind: str) -> float:
        """The same posts per second, of which only the signature is looked at."""
        with echoing(self._world, kind):
            return self._post()

    def _post(self) -> float:
        rate: float = post_all(self._world.folder, self._posts, connections=_CONNECTIONS)["rate"]
        return rate


def under_way(world: World, number: int) -> list[Post]:
    """The first `number` deliveries are under way, and what the gateway will report of them."""
    with transaction(world.engine) as connection:
        for statement in _UNDER_WAY:
            connection.execute(text(statement), {"n": number})
        ids = list(connection.execute(text("SELECT public_id, sid FROM attempt ORDER BY id")))
    token = world.settings.twilio_auth_token.get_secret_value()
    base = f"{world.settings.public_url}/hooks/twilio/status?attempt="
    return [
        signed(token, base + public_id, {"MessageSid": sid, "MessageStatus": status, "To": "x"})
        for status in ("sent", "delivered")
        for public_id, sid in ids
    ]


@contextlib.contextmanager
def serving(world: World) -> Iterator[Process]:
    """`outreach serve`, running."""
    url = world.settings.public_url
    arguments = ["--port", url.rpartition(":")[2]]
    process = Process("serve", arguments, world.env(), world.folder, url)
    process.start()
    try:
        yield process
    finally:
        process.stop()


@contextlib.contextmanager
def echoing(world: World, kind: str) -> Iterator[None]:
    """A server that only looks at the signature, running: an `endpoint` or a `road`."""
    url = world.settings.public_url
    command = [sys.executable, "-m", "scripts.benchmarks.echo", url.rpartition(":")[2], kind]
    process = subprocess.Popen(command, env={**os.environ, **world.env()})
    deadline = time.monotonic() + 30
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Unavailable("The echo did not start.") from error
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()
