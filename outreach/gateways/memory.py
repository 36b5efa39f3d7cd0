"""A gateway that keeps everything in memory: the double for tests, and for a dry run.

It is real: it signs, reads forms and renders markup as the Twilio-compatible gateway does, but
nothing leaves the process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from outreach.gateways.ports import (
    Accepted,
    CallOut,
    Channel,
    Found,
    Inbound,
    InboundCall,
    Outcome,
    Report,
    SmsOut,
    State,
)
from outreach.gateways.twilio import forms, markup, signature
from outreach.kernel.flow import Flow

TOKEN = "memory"  # noqa: S105  (signs hooks that never leave the process)
PUBLIC_URL = "http://127.0.0.1:8000"


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Scripted:
    outcome: Outcome
    taken: bool


@dataclass
class MemoryGateway:
    """Accepts everything, unless told otherwise by `script`.

    `sms` and `calls` hold every request in order; `now` dates what it takes (inject the Clock's).
    `texts` and `rings` are what came in, with its time; put there what no hook told.
    """

    now: Callable[[], datetime] = _utc
    token: str = field(default=TOKEN, repr=False)
    public_url: str = PUBLIC_URL
    sms: list[SmsOut] = field(default_factory=list)
    calls: list[CallOut] = field(default_factory=list)
    texts: list[Inbound] = field(default_factory=list)
    rings: list[InboundCall] = field(default_factory=list)
    closed: bool = False
    _script: deque[_Scripted] = field(default_factory=deque)
    _taken: dict[str, Found] = field(default_factory=dict)

    name = "memory"
    loopback = True
    lists_by_number = True

    def script(self, *outcomes: Outcome, taken: bool = False) -> None:
        """The next requests get these outcomes, in order; after them everything is accepted.

        `taken` says that the gateway did take what it gives an uncertain answer to: `find` then
        shows it. What it accepts it always took.
        """
        self._script.extend(_Scripted(o, taken or isinstance(o, Accepted)) for o in outcomes)

    def report(self, sid: str, state: State) -> None:
        """From now on `fetch` and `find` show `sid` in `state`."""
        old = self._taken[sid]
        self._taken[sid] = Found(
            old.sid, old.channel, old.to, old.sender, old.body, old.created, state
        )

    async def send_sms(self, sms: SmsOut) -> Outcome:
        self.sms.append(sms)
        return self._take("sms", sms.to, sms.sender, sms.body)

    async def place_call(self, call: CallOut) -> Outcome:
        self.calls.append(call)
        return self._take("voice", call.to, call.sender, "")

    def _take(self, channel: Channel, to: str, sender: str, body: str) -> Outcome:
        sid = f"memory-{len(self.sms) + len(self.calls)}"
        scripted = (
            self._script.popleft() if self._script else _Scripted(Accepted(sid, "submitted"), True)
        )
        if isinstance(scripted.outcome, Accepted):
            sid = scripted.outcome.sid
        if scripted.taken:
            self._taken[sid] = Found(sid, channel, to, sender, body, self.now(), "submitted")
        return scripted.outcome

    async def find(self, to: str, since: datetime, channel: Channel | None = None) -> list[Found]:
        return [
            entry
            for entry in self._taken.values()
            if entry.to == to and entry.created >= since and channel in (None, entry.channel)
        ]

    async def fetch(self, sid: str, channel: Channel) -> Report | None:
        entry = self._taken.get(sid)
        if entry is None or entry.channel != channel:
            return None
        return Report(sid=sid, attempt=None, state=entry.state)

    async def received(
        self, to: Collection[str], since: datetime
    ) -> AsyncIterator[Inbound | InboundCall]:
        came: list[Inbound | InboundCall] = [*self.texts, *self.rings]
        for item in came:
            if item.to in to and item.at and item.at >= since:
                yield item

    def verify(self, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        return signature.verify(self.token, self.public_url, url, headers, body)

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
        self.closed = True
