"""The steps of a call, as delivery and hotline choose them; a gateway renders them (TwiML)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Play:
    """Plays a recording; `url` is absolute and public to the gateway."""

    url: str


@dataclass(frozen=True)
class Gather:
    """Plays, then waits `timeout` seconds for one key and posts it to `action`."""

    play: tuple[Play, ...]
    action: str
    timeout: int = 5


@dataclass(frozen=True)
class Hangup:
    """Ends the call."""


@dataclass(frozen=True)
class Reject:
    """Does not answer, so the call costs the person nothing (a missed call)."""


Step = Play | Gather | Hangup | Reject
Flow = tuple[Step, ...]
