"""The gateway that speaks Twilio's REST API: to Twilio, to Somleng, or to our simulator."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from yarl import URL

from outreach.gateways.ports import (
    CallOut,
    Channel,
    Found,
    Inbound,
    InboundCall,
    Outcome,
    Report,
    SmsOut,
    Uncertain,
    Unreachable,
)
from outreach.gateways.twilio import answers, forms, markup, signature
from outreach.gateways.twilio.config import TwilioConfig
from outreach.gateways.twilio.transport import Lost, NotSent, Transport
from outreach.kernel.errors import Unavailable
from outreach.kernel.flow import Flow
from outreach.kernel.loopback import is_loopback

_VERSION = "/2010-04-01"
_LISTS: dict[Channel, str] = {"sms": "Messages", "voice": "Calls"}
_PAGE_SIZE = 200
# A longer list of what was sent is not read to its end, so nothing may be concluded from it. What
# comes in may be a flood, and a STOP in it must be found: that list is.
_MAX_PAGES = 50
_Read = Callable[[Mapping[str, Any]], Inbound | InboundCall | None]
# Of what comes in: the list, the filter by time, and what reads an entry.
_ARRIVALS: tuple[tuple[Channel, str, _Read], ...] = (
    ("sms", "DateSent>", forms.received),
    ("voice", "StartTime>", forms.rang),
)


class TwilioGateway:
    """One account. `name` is its dialect's; `loopback` is decided by the address as written."""

    def __init__(self, config: TwilioConfig) -> None:
        self._config = config
        self.name = config.dialect.name
        self.loopback = is_loopback(config.base_url)
        self.lists_by_number = config.dialect.lists_by_number
        self._transport = Transport(config)
        self._base = config.base_url.rstrip("/")
        account = f"{self._base}{_VERSION}/Accounts/{quote(config.account_sid, safe='')}"
        self._account = account
        self._messages = URL(f"{account}/Messages.json", encoded=True)
        self._calls = URL(f"{account}/Calls.json", encoded=True)
        hooks = f"{config.public_url.rstrip('/')}/hooks/twilio"
        self._sms_tail = "&SmartEncoded=false&StatusCallback=" + quote_plus(
            f"{hooks}/status?{forms.ATTEMPT}="
        )
        events = "".join(f"&StatusCallbackEvent={event}" for event in config.dialect.call_events)
        self._call_tail = (
            f"&Method=POST&StatusCallbackMethod=POST{events}&StatusCallback="
            + quote_plus(f"{hooks}/call-status?{forms.ATTEMPT}=")
        )
        self._call_url = "&Url=" + quote_plus(f"{hooks}/voice?{forms.ATTEMPT}=")

    async def send_sms(self, sms: SmsOut) -> Outcome:
        validity = max(1, min(sms.validity, self._config.dialect.max_validity))
        attempt = quote_plus(quote_plus(sms.attempt))
        form = (
            f"To={quote_plus(sms.to)}&From={quote_plus(sms.sender)}&Body={_spelt(sms.body)}"
            f"&ValidityPeriod={validity}{self._sms_tail}{attempt}"
        )
        return await self._create(self._messages, "sms", form)

    async def place_call(self, call: CallOut) -> Outcome:
        fields = urlencode((("To", call.to), ("From", call.sender), ("Timeout", call.timeout)))
        attempt = quote_plus(quote_plus(call.attempt))
        form = f"{fields}{self._call_tail}{attempt}{self._call_url}{attempt}"
        return await self._create(self._calls, "voice", form)

    async def _create(self, url: URL, channel: Channel, form: str) -> Outcome:
        try:
            answer = await self._transport.post(url, form.encode())
        except NotSent as error:
            return Unreachable(str(error))
        except Lost as error:
            return Uncertain(str(error))
        return answers.outcome(answer, channel)

    async def find(self, to: str, since: datetime, channel: Channel | None = None) -> list[Found]:
        channels: tuple[Channel, ...] = (channel,) if channel else ("sms", "voice")
        entries = []
        for each in channels:
            async for resource in self._entries(each, {"To": to}, since, _MAX_PAGES):
                if not forms.went_to(resource, to):
                    continue
                entry = forms.found(resource, each)
                if entry is None:
                    raise self._incomplete("an entry can't be read")
                if entry.created >= since:
                    entries.append(entry)
        return entries

    async def received(
        self, to: Collection[str], since: datetime
    ) -> AsyncIterator[Inbound | InboundCall]:
        # Where filters are ignored, the whole list comes: it is read once, and looked at again.
        for of in [{"To": number} for number in to] if self.lists_by_number else [{}]:
            for channel, after, read in _ARRIVALS:
                asked = {**of, after: _iso(since)}
                async for resource in self._entries(channel, asked, since):
                    item = read(resource)
                    if item and item.to in to and item.at and item.at >= since:
                        yield item

    async def _entries(
        self, channel: Channel, asked: Mapping[str, str], since: datetime, most: int = sys.maxsize
    ) -> AsyncIterator[dict[str, Any]]:
        """What is listed of `channel`, the newest first, on `most` pages."""
        listed = _LISTS[channel]
        query = urlencode({**asked, "PageSize": _PAGE_SIZE})
        path, read = f"{self._account}/{listed}.json?{query}", set[str]()
        while len(read) < most:
            read.add(path)
            answer = await self._transport.get(URL(path, encoded=True))
            page = answer.data.get(listed.lower())
            if answer.status != 200 or not isinstance(page, list):
                raise self._incomplete(f"it answered {answer.status}")
            for resource in page:
                if isinstance(resource, dict):
                    yield resource
            following = answer.data.get("next_page_uri")
            if not following or answers.all_before(page, since):
                return
            # Only a path: an answer must not send our credentials to another host.
            if not str(following).startswith(f"{_VERSION}/"):
                raise self._incomplete("its next page is elsewhere")
            path = f"{self._base}{following}"
            if path in read:
                raise self._incomplete("it leads in a circle")
        raise self._incomplete("it is too long")

    def _incomplete(self, why: str) -> Unavailable:
        return Unavailable(
            f"The gateway's list can't be had whole: {why}.",
            where=self.name,
            remedy="Nothing is concluded from it; it is asked again later.",
        )

    async def fetch(self, sid: str, channel: Channel) -> Report | None:
        url = f"{self._account}/{_LISTS[channel]}/{quote(sid, safe='')}.json"
        answer = await self._transport.get(URL(url, encoded=True))
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Unavailable(
                f"The gateway answered {answer.status} to a question about one message or call.",
                where=self.name,
                remedy="It is asked again later.",
            )
        return forms.fetched(answer.data, channel)

    def verify(self, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        return signature.verify(
            self._config.auth_token, self._config.public_url, url, headers, body
        )

    def parse_receipt(self, query: Mapping[str, str], form: Mapping[str, str]) -> Report | None:
        return forms.receipt(query, form)

    def parse_inbound(self, form: Mapping[str, str]) -> Inbound | None:
        return forms.inbound(form)

    def parse_call(
        self, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> InboundCall | None:
        return forms.call(form, query)

    def render_call(self, flow: Flow) -> bytes:
        return markup.render(flow)

    async def close(self) -> None:
        await self._transport.close()


@lru_cache(maxsize=64)
def _spelt(text: str) -> str:
    """`text` as a form's value. A broadcast says the same to thousands, and spelling out Khmer
    takes as long as the rest of a form."""
    return quote_plus(text)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
