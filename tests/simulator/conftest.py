"""A rehearsal network on loopback, a server of ours beside it, and time that passes on demand."""

from __future__ import annotations

import asyncio
import base64
import io
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from outreach.kernel.clock import FixedClock
from outreach.simulator.config import NetworkConfig
from outreach.simulator.network import Network
from outreach.simulator.server import create_app
from outreach.simulator.signature import HEADER, sign
from tests.asgi import Browser, serving

SID, TOKEN = "AC" + "1" * 32, "token-of-the-rehearsal"
SENDER = "+855380000001"
ROOT = f"/2010-04-01/Accounts/{SID}"
TONE_SECONDS = 10.0


def number(index: int) -> str:
    """A number that no operator has."""
    return f"+85538{1_000_000 + index}"


def tone(seconds: float = TONE_SECONDS) -> bytes:
    """A WAV file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setparams((1, 1, 8000, 0, "NONE", ""))
        recording.writeframes(b"\x80" * int(seconds * 8000))
    return file.getvalue()


@dataclass
class Hook:
    """One request that the network made of our server."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    signed: bool


@dataclass
class OurServer:
    """Stands where `outreach serve` stands. `voice` answers with TwiML; `statuses` are taken one
    by one as HTTP statuses of status callbacks, then 204."""

    base: str = ""
    hooks: list[Hook] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    voice: Callable[[Hook], str] = lambda hook: "<Response><Hangup/></Response>"
    audio_type: str = "audio/wav"
    audio_asked: int = 0

    def to(self, path: str) -> list[Hook]:
        """The requests for one path, in order."""
        return [hook for hook in self.hooks if hook.path == path]

    async def _take(self, request: web.Request) -> Hook:
        form = {key: str(value) for key, value in (await request.post()).items()}
        url = self.base + request.raw_path
        signed = request.headers.get(HEADER) == sign(TOKEN, url, form)
        hook = Hook(request.path, dict(request.query), form, signed)
        self.hooks.append(hook)
        return hook

    async def status(self, request: web.Request) -> web.Response:
        await self._take(request)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)

    async def speak(self, request: web.Request) -> web.Response:
        hook = await self._take(request)
        return web.Response(text=self.voice(hook), content_type="application/xml")

    async def audio(self, _request: web.Request) -> web.Response:
        self.audio_asked += 1
        return web.Response(body=tone(), content_type=self.audio_type)

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/status", self.status)
        app.router.add_post("/message", self.status)
        app.router.add_post("/voice", self.speak)
        app.router.add_get("/tone.wav", self.audio)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()


@dataclass
class Rehearsal:
    """The running network, its address, our server, and the clock."""

    network: Network
    url: str
    ours: OurServer
    clock: FixedClock
    session: aiohttp.ClientSession

    async def post(self, path: str, form: Any) -> tuple[int, Any]:
        async with self.session.post(self.url + path, data=form) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.session.get(self.url + path) as answer:
            return answer.status, await answer.json()

    async def truth(self) -> Any:
        return (await self.get("/simulator/truth"))[1]

    async def rest(self, step: float = 2.0) -> None:
        """Lets the clock run, quickly, until nothing is left to happen."""
        for _ in range(2000):
            if not self.network.pending:
                return
            self.clock.advance(timedelta(seconds=step))
            await asyncio.sleep(0.005)
        raise AssertionError("the network did not come to rest")

    async def send(self, to: str, **form: str) -> tuple[int, Any]:
        fields = {"To": to, "From": SENDER, "Body": "សួស្ដី", **form}
        return await self.post(f"{ROOT}/Messages.json", fields)

    async def dial(self, to: str, **form: Any) -> tuple[int, Any]:
        fields = {"To": to, "From": SENDER, "Url": f"{self.ours.base}/voice?attempt=at_1", **form}
        pairs = [(k, v) for k, vs in fields.items() for v in (vs if isinstance(vs, list) else [vs])]
        return await self.post(f"{ROOT}/Calls.json", pairs)


@asynccontextmanager
async def rehearsing(seed: int = 1, **options: Any) -> AsyncIterator[Rehearsal]:
    """A rehearsal network over real HTTP, while it runs."""
    ours, clock = OurServer(), FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    async with ours.running():
        config = network_config(ours.base, seed=seed, **options)
        app = create_app(config, clock)
        async with serving(app) as url, account_session() as session:
            yield Rehearsal(app.state.network, url, ours, clock, session)


def basic(user: str, secret: str) -> dict[str, str]:
    """The header that names an account."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def network_config(base: str = "http://127.0.0.1:9", **options: Any) -> NetworkConfig:
    """A network that posts to our server at `base` and tries again almost at once."""
    values = {"seed": 1, "retry_seconds": 0.01, **options}
    return NetworkConfig(
        account_sid=SID,
        auth_token=TOKEN,
        inbound_hook=f"{base}/message",
        voice_hook=f"{base}/voice",
        **values,
    )


@asynccontextmanager
async def account_session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client with the account's credentials."""
    async with aiohttp.ClientSession(headers=basic(SID, TOKEN)) as session:
        yield session


def rest(browser: Browser, network: Network) -> None:
    """Lets the network do what is due."""
    deadline = time.monotonic() + 5
    while network.pending:
        assert time.monotonic() < deadline
        browser.run(asyncio.sleep(0.005))


Story = Callable[[Rehearsal], Awaitable[Any]]


@pytest.fixture
def rehearse() -> Callable[..., Any]:
    """Runs a story (a coroutine function of a Rehearsal) and returns what it returns."""

    def run(story: Story, **options: Any) -> Any:
        async def whole() -> Any:
            async with rehearsing(**options) as rehearsal:
                return await story(rehearsal)

        return asyncio.run(whole())

    return run


def only(handsets: list[Mapping[str, Any]], to: str) -> Mapping[str, Any]:
    """The truth of one handset."""
    return next(handset for handset in handsets if handset["number"] == to)
