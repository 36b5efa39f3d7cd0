"""A small Twilio-shaped server on loopback, and every gateway that the contract is tried on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any

import pytest
from aiohttp import web

from outreach.gateways.memory import MemoryGateway
from outreach.gateways.ports import (
    ErrorClass,
    Inbound,
    InboundCall,
    Outcome,
    Rejected,
    Throttled,
    Uncertain,
)
from outreach.gateways.registry import GATEWAYS
from outreach.gateways.twilio import TwilioConfig, TwilioGateway
from outreach.gateways.twilio.signature import sign
from outreach.gateways.twilio.statuses import DIALECTS

SID, TOKEN = "AC" + "0" * 32, "token-of-tests"
PUBLIC_URL = "http://127.0.0.1:8000"
PERSON, ARRIVING = "+855381234567", "ព័ត៌មានការងារ: អត់មានថ្លៃ 1"
Misdeed = Callable[[web.Request], Any]
Story = Callable[[Any], Awaitable[Any]]
Tell = Callable[[Story], Any]


class Provider:
    """Takes messages and calls; `misdeeds` are done to the next requests, in order."""

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.taken: dict[str, list[dict[str, Any]]] = {"messages": [], "calls": []}
        self.misdeeds: list[Misdeed] = []
        self.authorization = ""
        self.page_size = 50

    def app(self) -> web.Application:
        app = web.Application()
        root = f"/2010-04-01/Accounts/{SID}"
        app.router.add_post(root + "/{kind}.json", self._create)
        app.router.add_get(root + "/{kind}.json", self._list)
        app.router.add_get(root + "/{kind}/{sid}.json", self._one)
        return app

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.authorization = request.headers["Authorization"]
        self.forms.append({key: [str(v) for v in form.getall(key)] for key in form})
        if self.misdeeds:
            answer = self.misdeeds.pop(0)(request)
            done: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
            return done
        return web.json_response(self.take(request.match_info["kind"].lower(), form), status=201)

    def take(self, kind: str, form: Any) -> dict[str, Any]:
        resource = {
            "sid": f"{'SM' if kind == 'messages' else 'CA'}{len(self.taken[kind]):032x}",
            "status": "queued",
            "to": form["To"],
            "from": form["From"],
            "body": form.get("Body", ""),
            "direction": "outbound-api",
            "date_created": format_datetime(datetime.now(UTC).replace(microsecond=0)),
            "date_sent": None,
            "error_code": None,
        }
        self.taken[kind].insert(0, resource)
        return resource

    def arrive(self, to: str, sms: str, call: str, at: datetime) -> None:
        """A text and a call come in from somebody."""
        common = {
            "from": PERSON,
            "to": to,
            "direction": "inbound",
            "date_created": format_datetime(at.astimezone(UTC).replace(microsecond=0)),
        }
        self.taken["messages"].insert(
            0, {**common, "sid": sms, "status": "received", "body": ARRIVING, "num_media": "0"}
        )
        self.taken["calls"].insert(0, {**common, "sid": call, "status": "no-answer"})

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if self.misdeeds:
            done: web.StreamResponse = self.misdeeds.pop(0)(request)
            return done
        kind, page = request.match_info["kind"], int(request.query.get("Page", "0"))
        # Like Somleng it ignores the filter: the adapter has to look for itself.
        entries = self.taken[kind.lower()]
        start, end = page * self.page_size, (page + 1) * self.page_size
        following = f"{request.path}?Page={page + 1}" if end < len(entries) else None
        return web.json_response({kind.lower(): entries[start:end], "next_page_uri": following})

    async def _one(self, request: web.Request) -> web.StreamResponse:
        if self.misdeeds:
            done: web.StreamResponse = self.misdeeds.pop(0)(request)
            return done
        kind, sid = request.match_info["kind"].lower(), request.match_info["sid"]
        for resource in self.taken[kind]:
            if resource["sid"] == sid:
                return web.json_response(resource)
        return web.json_response({"code": 20404, "status": 404}, status=404)


@asynccontextmanager
async def serving(provider: Provider) -> AsyncIterator[str]:
    """The address of `provider`, while it runs."""
    runner = web.AppRunner(provider.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(provider: Provider, **config: Any) -> AsyncIterator[TwilioGateway]:
    """A gateway that talks to `provider`, while both run."""
    async with serving(provider) as base_url:
        gateway = TwilioGateway(
            TwilioConfig(
                base_url=base_url,
                account_sid=SID,
                auth_token=TOKEN,
                public_url=PUBLIC_URL,
                **config,
            )
        )
        try:
            yield gateway
        finally:
            await gateway.close()


@pytest.fixture
def provider() -> Provider:
    """A provider that behaves until told otherwise."""
    return Provider()


@pytest.fixture
def tell(provider: Provider) -> Callable[..., Any]:
    """Runs a story (a coroutine function of a gateway) against `provider` over HTTP."""

    def run(story: Story, **config: Any) -> Any:
        async def whole() -> Any:
            async with connected(provider, **config) as gateway:
                return await story(gateway)

        return asyncio.run(whole())

    return run


@pytest.fixture
def came_in() -> tuple[list[Inbound], list[InboundCall]]:
    """What the memory gateway lists as having come in."""
    return [], []


@pytest.fixture
def arrive(provider: Provider, came_in: tuple[list[Inbound], list[InboundCall]]) -> Any:
    """Lets a text and a call arrive at one of our numbers, at every gateway that is tried."""

    def do(to: str, sms: str, call: str, *, at: datetime) -> None:
        provider.arrive(to, sms, call, at)
        came_in[0].append(Inbound(sms, PERSON, to, ARRIVING, at=at))
        came_in[1].append(InboundCall(call, PERSON, to, "", "no-answer", inbound=True, at=at))

    return do


FAILURES: dict[str, tuple[Outcome, bool, Any]] = {
    "throttled": (Throttled(1.0), False, lambda: json_answer({"code": 20429}, 429)),
    "refused": (
        Rejected("21211", ErrorClass.NEVER),
        False,
        lambda: json_answer({"code": 21211}, 400),
    ),
    "lost": (Uncertain("http-503"), False, lambda: json_answer({}, 503)),
    "lost but taken": (Uncertain("http-503"), True, lambda: json_answer({}, 503)),
}


def json_answer(content: Any, status: int) -> web.Response:
    return web.json_response(content, status=status)


@pytest.fixture
def failing() -> list[str]:
    """Names of FAILURES that befall the next requests, at every gateway that is tried."""
    return []


@dataclass(frozen=True)
class Raw:
    """What a provider posts to us, as it writes it: forms of a report that SM1 was delivered, of a
    text and of a key pressed in a call, and the headers that sign a form posted to an address."""

    receipt: dict[str, str]
    text: dict[str, str]
    call: dict[str, str]
    signed: Callable[[str, dict[str, str]], dict[str, str]]


TWILIO_RAW = Raw(
    {"MessageSid": "SM1", "MessageStatus": "delivered", "ErrorCode": ""},
    {"MessageSid": "SM1", "From": PERSON, "Body": ARRIVING},
    {"CallSid": "CA1", "From": PERSON, "Digits": "9"},
    lambda url, form: {"X-Twilio-Signature": sign(TOKEN, url, form)},
)
RAW = {"twilio": TWILIO_RAW, "somleng": TWILIO_RAW, "memory": TWILIO_RAW}


@pytest.fixture(params=GATEWAYS)
def each(request: pytest.FixtureRequest) -> str:
    """The name of each gateway of the registry: one that is added is tried, too."""
    name: str = request.param
    return name


@pytest.fixture
def raw(each: str) -> Raw:
    """What the gateway's provider posts to us."""
    return RAW[each]


@pytest.fixture
def tell_each(each: str, request: pytest.FixtureRequest) -> Tell:
    """Runs a story against each gateway that ships, by a fixture of its own where it does not
    speak Twilio's API."""
    found: Tell = request.getfixturevalue("over_http" if each in DIALECTS else f"to_{each}")
    return found


@pytest.fixture
def over_http(each: str, tell: Callable[..., Any], provider: Provider, failing: list[str]) -> Tell:
    """Runs a story against a gateway that speaks Twilio's API, in its dialect."""

    def run(story: Story) -> Any:
        provider.misdeeds += [partial(_misdeed, provider, name) for name in failing]
        return tell(story, dialect=DIALECTS[each])

    return run


@pytest.fixture
def to_memory(came_in: tuple[list[Inbound], list[InboundCall]], failing: list[str]) -> Tell:
    """Runs a story against the gateway in memory."""

    def run(story: Story) -> Any:
        gateway = MemoryGateway(
            token=TOKEN, public_url=PUBLIC_URL, texts=came_in[0], rings=came_in[1]
        )
        for name in failing:
            outcome, taken, _ = FAILURES[name]
            gateway.script(outcome, taken=taken)
        return asyncio.run(story(gateway))  # type: ignore[arg-type]

    return run


async def _misdeed(provider: Provider, name: str, request: web.Request) -> web.Response:
    _, taken, answer = FAILURES[name]
    if taken:
        provider.take(request.match_info["kind"].lower(), await request.post())
    found: web.Response = answer()
    return found
