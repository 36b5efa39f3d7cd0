"""What every gateway offers and what passes through it, in our words and not a provider's.

Nothing here prints a phone number or a text: those fields are left out of every repr (S18).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from outreach.kernel.flow import Flow

Channel = Literal["sms", "voice"]

# The attempt states of ARCHITECTURE.md that a provider can speak of.
State = Literal[
    "submitted",
    "sent",
    "delivered",
    "failed",
    "canceled",
    "ringing",
    "answered",
    "completed",
    "busy",
    "no_answer",
]


class ErrorClass(StrEnum):
    """What a provider's error code means for us (PROVIDERS.md)."""

    RETRY_LATER = "retry_later"  # try at another time
    RETRY_LITTLE = "retry_little"  # try once or twice, then leave it
    MAY_DUPLICATE = "may_duplicate"  # it may have been sent: never by itself
    NEVER = "never"  # this number can't be reached this way
    OPTED_OUT = "opted_out"  # the person said stop to the provider: record it
    BLOCKED = "blocked"  # an operator filters us or the text: never again as it is
    CONFIGURATION = "configuration"  # our account or sender: pause the sender, tell a person
    SUSPENDED = "suspended"  # the account: stop everything
    UNKNOWN = "unknown"  # a code that we have no row for


@dataclass(frozen=True, slots=True)
class SmsOut:
    """One SMS. `attempt` is our attempt's public id; `validity` is in seconds from now."""

    to: str = field(repr=False)
    sender: str = field(repr=False)
    body: str = field(repr=False)
    attempt: str
    validity: int


@dataclass(frozen=True, slots=True)
class CallOut:
    """One call. `attempt` is our attempt's public id; it rings for `timeout` seconds."""

    to: str = field(repr=False)
    sender: str = field(repr=False)
    attempt: str
    timeout: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it, under `sid`; `state` is what it says of it already."""

    sid: str
    state: State


@dataclass(frozen=True, slots=True)
class Throttled:
    """Not processed: too many at once. Safe to send again after `retry_after` seconds."""

    retry_after: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nothing left this machine (no connection was made). Safe to send again."""

    why: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused, and not sent. `code` is the provider's, or `http-NNN` if it gave none."""

    code: str
    klass: ErrorClass


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether it was taken: never send it again blindly, look it up."""

    why: str


Outcome = Accepted | Throttled | Unreachable | Rejected | Uncertain


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of an attempt, pushed (a receipt) or asked for (`fetch`).

    `attempt` is our public id if the report carries it. `klass` is set where there is an error
    code. `duration` is a completed call's seconds. `at` is the provider's own time, if given.
    """

    sid: str
    attempt: str | None
    state: State
    error_code: str | None = None
    klass: ErrorClass | None = None
    duration: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One message or call in the provider's own list."""

    sid: str
    channel: Channel
    to: str = field(repr=False)
    sender: str = field(repr=False)
    body: str = field(repr=False)
    created: datetime
    state: State
    error_code: str | None = None
    klass: ErrorClass | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that somebody sent us. `to` is our number; `country` and `media` may be unknown.
    `at` is when it came, where a list says so; a hook comes at once."""

    sid: str
    sender_number: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    country: str | None = None
    media: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A call's request for its next step, whoever placed the call.

    `number` is the person's and `to` is ours, in both directions; `inbound` says who called.
    `digits` is "" where no key was pressed. `attempt` is our public id in calls that we placed.
    `at` is when it began, where a list says so.
    """

    sid: str
    number: str = field(repr=False)
    to: str = field(repr=False)
    digits: str = field(repr=False)
    status: str
    inbound: bool
    attempt: str | None = None
    at: datetime | None = None


class Gateway(Protocol):
    """A provider account. All times are UTC; every number is in E.164 or a short code or name."""

    @property
    def name(self) -> str:
        """Its name in the registry."""
        ...

    @property
    def loopback(self) -> bool:
        """Whether nothing it sends can leave this machine."""
        ...

    @property
    def lists_by_number(self) -> bool:
        """Whether what came in can be listed of one number alone; else every list holds all."""
        ...

    async def send_sms(self, sms: SmsOut) -> Outcome:
        """Submits one SMS, once. Never raises for what the network or the provider does."""
        ...

    async def place_call(self, call: CallOut) -> Outcome:
        """Submits one call, once. Never raises for what the network or the provider does."""
        ...

    async def find(self, to: str, since: datetime, channel: Channel | None = None) -> list[Found]:
        """Everything sent to `to` since `since`, complete, on `channel` or on both.

        Raises Unavailable where the list can't be had whole: then absence proves nothing.
        """
        ...

    async def fetch(self, sid: str, channel: Channel) -> Report | None:
        """How one message or call stands, or None if the provider doesn't know it.

        Raises Unavailable if there is no answer.
        """
        ...

    def received(
        self, to: Collection[str], since: datetime
    ) -> AsyncIterator[Inbound | InboundCall]:
        """The texts and calls that came in to our numbers `to` since `since`, complete, each with
        its time, however many; the newest come first, if the provider lists them so, and one may
        come twice. Raises Unavailable where the rest can't be had."""
        ...

    def verify(self, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the provider signed this request. `url` is the path and raw query as received
        (or absolute); it is judged against the configured public URL, whatever host it names."""
        ...

    def parse_receipt(self, query: Mapping[str, str], form: Mapping[str, str]) -> Report | None:
        """The report in a status hook, SMS or call; None if it says nothing that we can use."""
        ...

    def parse_inbound(self, form: Mapping[str, str]) -> Inbound | None:
        """The text in a message hook; None if it has no sender or no id."""
        ...

    def parse_call(
        self, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> InboundCall | None:
        """The call in a voice hook; None if it has no id."""
        ...

    def render_call(self, flow: Flow) -> bytes:
        """`flow` in the provider's markup (application/xml)."""
        ...

    async def close(self) -> None:
        """Lets go of connections; the gateway is not used after."""
        ...
