"""Judges what the gateway's list says of an attempt whose answer was lost.

A message that is there is ours if channel, sender and text are; one that only resembles it forbids
to send again, because the gateway may have changed the sender or the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from outreach.gateways.ports import Found

# PROVIDERS.md: absence from a complete list after so long permits one more try.
ABSENT_AFTER = timedelta(minutes=10)
# What resembles ours may still turn out to be another attempt's until then.
UNCLEAR_AFTER = timedelta(hours=1)


class Verdict(StrEnum):
    """What a look-up means."""

    FOUND = "found"  # it is there, under the SID given with this
    WAIT = "wait"  # not there yet, or unclear yet: look again
    ABSENT = "absent"  # it never came: it may be sent once more
    UNCLEAR = "unclear"  # something like it is there, and nobody's: never send again


class Sought(Protocol):
    """What a look-up needs to know of an attempt."""

    @property
    def channel(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def body_digest(self) -> str: ...
    @property
    def submitting_at(self) -> datetime: ...


def body_digest(body: str) -> str:
    """What finds a text again in the gateway's list without our keeping it."""
    return hashlib.sha256(body.encode()).hexdigest()


def judge(
    attempt: Sought, found: Sequence[Found], used: Collection[str], now: datetime
) -> tuple[Verdict, str]:
    """The verdict on `attempt`, and the SID where it is found ("" otherwise).

    `found` is the complete list of its number since shortly before it was submitted; `used` are
    the SIDs that belong to other attempts.
    """
    free = [item for item in found if item.channel == attempt.channel and item.sid not in used]
    mine = [item for item in free if _is(attempt, item)]
    if mine:
        # The gateway's clock may differ from ours: the nearest one is the likeliest.
        nearest = min(mine, key=lambda item: abs(item.created - attempt.submitting_at))
        return Verdict.FOUND, nearest.sid
    age = now - attempt.submitting_at
    if free:
        return (Verdict.UNCLEAR if age >= UNCLEAR_AFTER else Verdict.WAIT), ""
    return (Verdict.ABSENT if age >= ABSENT_AFTER else Verdict.WAIT), ""


def _is(attempt: Sought, found: Found) -> bool:
    said = attempt.channel == "voice" or body_digest(found.body) == attempt.body_digest
    return said and found.sender == attempt.sender
