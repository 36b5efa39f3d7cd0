"""Calls our webhooks back: signed, loopback only, a few at a time, in order per message or call.

What gets no 2xx is tried once more, as at Twilio, after some real seconds: a server that was
killed may be up again by then. After that it is dropped and counted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import structlog
from yarl import URL

from outreach.kernel.loopback import is_loopback
from outreach.simulator.config import NetworkConfig
from outreach.simulator.signature import HEADER, sign

log = structlog.get_logger(__name__)

_IN_FLIGHT = 64
_TIMEOUT_SECONDS = 15.0
# A connection idle for longer is not used again: a server closes its own after 5 s.
_IDLE_SECONDS = 4.0
_LARGEST_ANSWER = 20 * 1024 * 1024
_FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer; `media_type` is without parameters, in lower case."""

    status: int
    media_type: str
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300


class Caller:
    """One pooled session. `dropped` counts the callbacks that nobody took, `done` the others."""

    def __init__(self, config: NetworkConfig) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(_IN_FLIGHT)
        self._chains: dict[str, deque[tuple[str, Mapping[str, str]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.done = 0
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """How many messages and calls have callbacks that are not through yet."""
        return len(self._chains)

    def post(self, chain: str, url: str, form: Mapping[str, str]) -> None:
        """Posts `form` soon, after everything that was posted before on the same `chain`."""
        queue = self._chains.get(chain)
        if queue is not None:
            queue.append((url, form))
            return
        self._chains[chain] = deque([(url, form)])
        task = asyncio.get_running_loop().create_task(self._drain(chain))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask(self, method: str, url: str, form: Mapping[str, str]) -> Answer | None:
        """The answer to a signed request, tried twice; the last answer, or None if none came."""
        answer = await self._once(method, url, form)
        if answer is None or not answer.ok:
            await asyncio.sleep(self._config.retry_seconds)
            answer = await self._once(method, url, form) or answer
        return answer

    async def close(self) -> None:
        """Drops what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _drain(self, chain: str) -> None:
        queue = self._chains[chain]
        while queue:
            url, form = queue.popleft()
            answer = await self.ask("POST", url, form)
            if answer is not None and answer.ok:
                self.done += 1
                continue
            self.dropped += 1
            log.info("a callback was dropped", status=answer.status if answer else None)
        del self._chains[chain]

    async def _once(self, method: str, url: str, form: Mapping[str, str]) -> Answer | None:
        # Whoever asks has checked; this is the wall that nothing gets past.
        if not is_loopback(url):
            return None
        if method == "GET" and form:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(form)}"
            form = {}
        headers = {HEADER: sign(self._config.auth_token, url, form)}
        data = urlencode(form).encode() if method == "POST" else None
        if data is not None:
            headers["Content-Type"] = _FORM
        try:
            async with (
                self._slots,
                self._open().request(
                    method,
                    URL(url, encoded=True),
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                return await _read(response)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            log.info("a hook did not answer", error=type(error).__name__)
            return None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_IN_FLIGHT, keepalive_timeout=_IDLE_SECONDS),
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "TwilioProxy/1.1"},
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> Answer:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(1 << 16):
        size += len(chunk)
        if size > _LARGEST_ANSWER:
            raise ValueError("answer too large")
        chunks.append(chunk)
    return Answer(response.status, response.content_type.lower(), b"".join(chunks))
