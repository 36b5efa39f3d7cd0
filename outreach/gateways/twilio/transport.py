"""HTTP to a Twilio-compatible API: our own session, explicit time-outs, errors without addresses.

The SDK's transport is not used: it has no time-out, may post twice, and logs numbers
(PROVIDERS.md). An aiohttp error's text holds the URL, and so perhaps a number: none gets out.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from outreach.gateways.twilio.config import TwilioConfig
from outreach.kernel.errors import Unavailable

# A connection idle for longer is not used again: the other side may just be closing it, and a
# message lost that way is an uncertain one.
_IDLE_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer. `data` is its JSON object, or empty if it holds none."""

    status: int
    data: dict[str, Any]
    retry_after: str


class NotSent(Exception):
    """No connection came about: nothing left this machine."""


class Lost(Exception):
    """The request may have arrived, but its answer did not."""


class Transport:
    """One session for one account, made when first used so that it belongs to the running loop."""

    def __init__(self, config: TwilioConfig) -> None:
        self._config = config
        secret = f"{config.account_sid}:{config.auth_token}".encode()
        self._headers = {
            "Authorization": f"Basic {base64.b64encode(secret).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "outreach",
        }
        # Connecting (and waiting for a free connection) ends well before the whole does, so that
        # "nothing left" and "no answer" can't be confused.
        self._timeout = aiohttp.ClientTimeout(total=config.timeout, connect=config.timeout * 0.6)
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: URL, body: bytes) -> Answer:
        """Posts a form, once. Raises NotSent or Lost."""
        try:
            async with self._open().post(
                url, data=body, headers=self._headers, allow_redirects=False
            ) as response:
                return await _read(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Lost(type(error).__name__) from None

    async def get(self, url: URL) -> Answer:
        """Gets a resource. Raises Unavailable if there is no answer."""
        try:
            async with self._open().get(
                url, headers=self._headers, allow_redirects=False
            ) as response:
                return await _read(response)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Unavailable(
                f"The gateway does not answer ({type(error).__name__}).",
                where=self._config.dialect.name,
                remedy="Check the network and OUTREACH_TWILIO_BASE_URL; it is asked again later.",
            ) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._config.concurrency, keepalive_timeout=_IDLE_SECONDS
                ),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> Answer:
    raw = await response.read()
    try:
        data = json.loads(raw)
    except ValueError:
        data = None
    return Answer(
        status=response.status,
        data=data if isinstance(data, dict) else {},
        retry_after=response.headers.get("Retry-After", ""),
    )
