"""`send`: the pipeline from due deliveries to recorded answers, against bare loops of HTTP.

All sides send the same text to the same gateway process, which takes 150 ms to answer, with as
many requests at a time, on uvloop and with Python set up as `outreach serve` does; what
the twilio package's own client does "as shipped" is measured with Python's own setting, and with
our modules out of its sight. Ours also claims, checks again, commits each attempt before its
request and each answer after it (SQLite, synchronous=FULL). A first round of each warms up.
`send.receipts` takes in two signed receipts of every message beside that, in the same process.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import uvicorn
import uvloop
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from outreach.gateways.ports import Accepted, SmsOut
from outreach.kernel import interpreter
from outreach.kernel.errors import Unavailable
from outreach.kernel.ids import public_id
from outreach.web.app import create_app
from scripts.benchmarks.measure import Result, compare
from scripts.benchmarks.world import World, sqlite_world
from scripts.rehearsal.world import SENDER

_ROUNDS = 5
# So many times what is in flight: at the beginning and the end of a run not all slots are in use.
_LONG, _SHORT = 20, 10
_TARGET, _SDK_TARGET = 0.8, 3.0
_SETTLE_SECONDS = 60.0
_PYTHONS_OWN = gc.get_threshold(), sys.getswitchinterval()


def run(scale: float) -> Iterator[Result]:
    """At 150 and at 1,000 in flight; then with receipts, and against the package's own client."""
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name:
        for in_flight in (150, 1_000):
            with _opened(Path(name) / str(in_flight), in_flight, _LONG, scale) as bench:
                yield _against(f"send.{in_flight}", bench.ours, bench.bare, _TARGET)
        with _opened(Path(name) / "short", 1_000, _SHORT, scale) as bench:
            yield _against("send.sdk", bench.ours, bench.sdk, _SDK_TARGET, rounds=3)
            yield _against("send.receipts", bench.with_receipts, bench.bare, 0.0, rounds=3)


@contextlib.contextmanager
def _opened(folder: Path, in_flight: int, times: int, scale: float) -> Iterator[_Bench]:
    """A world in which `times` as many messages wait as may be in flight."""
    folder.mkdir()
    messages = round(times * in_flight * scale)
    with sqlite_world(folder, messages, in_flight=in_flight) as world:
        yield _Bench(world, in_flight, messages)


def _against(
    name: str,
    ours: Callable[[], float],
    baseline: Callable[[], float],
    target: float,
    rounds: int = _ROUNDS,
) -> Result:
    ours(), baseline()
    return compare(name, "sqlite", ours, baseline, rounds=rounds, unit="messages/s", target=target)


class _Bench:
    def __init__(self, world: World, in_flight: int, messages: int) -> None:
        self._world, self._in_flight, self._messages = world, in_flight, messages
        self._body = _text(world)
        # One process's parts for all rounds, as it has them for its life: the first round builds
        # its statements and opens its files.
        self._runtime = world.runtime()
        interpreter.settle()

    def ours(self) -> float:
        """Messages per second through the pipeline; refuses if one is not recorded."""
        self._world.plan()
        rate = uvloop.run(self._drain())
        self._all_recorded("state = 'submitted'")
        return rate

    def with_receipts(self) -> float:
        """The same while two receipts a message come in, until the last is durable."""
        self._world.plan()
        rate = uvloop.run(self._drain_and_hear())
        self._all_recorded("state = 'delivered'")
        return rate

    def bare(self) -> float:
        """Messages per second in a bare loop of the same client."""
        return uvloop.run(self._loop())

    def sdk(self) -> float:
        """Messages per second with the twilio package's client as shipped, as many at a time."""
        ours = gc.get_threshold(), sys.getswitchinterval()
        _set(*_PYTHONS_OWN)
        try:
            return uvloop.run(self._sdk_loop())
        finally:
            _set(*ours)

    async def _drain(self) -> float:
        runtime = self._runtime
        began = time.perf_counter()
        await runtime.dispatcher().drain()
        seconds = time.perf_counter() - began
        await runtime.gateway.close()
        return self._messages / seconds

    async def _drain_and_hear(self) -> float:
        runtime = self._runtime
        port = int(runtime.settings.public_url.rpartition(":")[2])
        config = uvicorn.Config(create_app(runtime), port=port, log_config=None, access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
        self._world.gateway.report(self._world.settings.twilio_auth_token.get_secret_value())
        began = time.perf_counter()
        await runtime.dispatcher().drain()
        deadline = began + _SETTLE_SECONDS
        query = "SELECT count(*) FROM attempt WHERE state = 'delivered'"
        while await asyncio.to_thread(self._world.count, query) < self._messages:
            if time.perf_counter() > deadline:
                raise Unavailable("The receipts did not all come in.")
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - began
        self._world.gateway.report("")
        server.should_exit = True
        await serving
        await runtime.gateway.close()
        return self._messages / seconds

    async def _loop(self) -> float:
        gateway = self._runtime.gateway

        async def one(position: int) -> None:
            sms = SmsOut(f"+85538{position:07d}", SENDER, self._body, public_id("b"), 3_600)
            outcome = await gateway.send_sms(sms)
            if not isinstance(outcome, Accepted):
                raise Unavailable(f"The gateway did not take a message: {outcome}")

        rate = await self._many(one)
        await gateway.close()
        return rate

    async def _sdk_loop(self) -> float:
        settings = self._world.settings
        transport = AsyncTwilioHttpClient()
        client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=transport,
        )
        client.api.base_url = settings.twilio_base_url
        callback = f"{settings.public_url}/hooks/twilio/status?attempt="

        async def one(position: int) -> None:
            await client.messages.create_async(
                to=f"+85538{position:07d}",
                from_=SENDER,
                body=self._body,
                validity_period=3_600,
                status_callback=callback + public_id("b"),
            )

        rate = await self._many(one)
        await transport.close()
        return rate

    async def _many(self, one: Callable[[int], Awaitable[None]]) -> float:
        slots = asyncio.Semaphore(self._in_flight)

        async def waiting(position: int) -> None:
            async with slots:
                await one(position)

        began = time.perf_counter()
        await asyncio.gather(*(waiting(position) for position in range(self._messages)))
        return self._messages / (time.perf_counter() - began)

    def _all_recorded(self, state: str) -> None:
        recorded = self._world.count(f"SELECT count(*) FROM attempt WHERE {state}")  # noqa: S608
        came = {attempt for _, _, attempt in self._world.gateway.log()}
        if recorded != self._messages or len(came) < self._messages:
            raise Unavailable(f"Of {self._messages} messages {recorded} are recorded.")


def _set(threshold: tuple[int, int, int], interval: float) -> None:
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def _text(world: World) -> str:
    query = "SELECT body FROM wording WHERE language = 'km' AND channel = 'sms'"
    with world.engine.connect() as connection:
        return str(connection.exec_driver_sql(query).scalar_one())
