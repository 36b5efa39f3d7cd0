"""Decides what becomes of each SMS and call: by seed, number, and how many it got before.

Never by time or by the order in which different numbers are served, so that two runs agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from outreach.simulator.chance import Chance
from outreach.simulator.operators import Operator

_OFF, _ABSENT, _LANDLINE = 30003, 30005, 30006
_SENT_WITHIN = (0.5, 2.0)
_RINGS = (4.0, 18.0)
_BUSY_AFTER = (1.0, 4.0)
_SILENT_GOT = 0.5
# What a person does when asked for a key: cumulative shares.
_KEYS = (("1", 0.22), ("0", 0.28), ("*", 0.32))
_PRESSES_EARLY = 0.2

SmsEnd = Literal["delivered", "undelivered", "failed", "sent"]
CallEnd = Literal["answered", "busy", "no-answer", "failed"]


@dataclass(frozen=True, slots=True)
class SmsFate:
    """How one SMS ends. `sent_after` and `ends_after` are seconds from being accepted.

    `end` is the last status that is ever reported; `got` is whether the handset received it.
    """

    end: SmsEnd
    got: bool
    error_code: int | None
    sent_after: float
    ends_after: float


@dataclass(frozen=True, slots=True)
class CallFate:
    """How one call goes. `rings` are seconds; `stays` is the share of the first recording that
    the person listens to before hanging up, 1.0 for all of it and what follows."""

    end: CallEnd
    rings: float
    stays: float


@dataclass(frozen=True, slots=True)
class Press:
    """What the person presses at one Gather: `key` ("" for nothing), after hearing `share` of
    what is played (1.0: all of it), then waiting `waits` seconds."""

    key: str
    share: float
    waits: float


def sms_fate(chance: Chance, operator: Operator, number: str, nth: int) -> SmsFate:
    """The fate of the `nth` SMS to `number` (from 0)."""
    me = ("sms", number, nth)
    sent = chance.between(*_SENT_WITHIN, *me, "sent")
    ends = sent + chance.between(*operator.delay, *me, "delay")
    missing = _missing(chance, operator, number)
    if missing == _LANDLINE:
        return SmsFate("failed", False, _LANDLINE, sent, sent)
    if missing == _ABSENT:
        return SmsFate("undelivered", False, _ABSENT, sent, ends)
    luck = chance.draw(*me, "end")
    if luck < operator.delivered:
        return SmsFate("delivered", True, None, sent, ends)
    if luck < operator.delivered + operator.silent:
        return SmsFate("sent", chance.draw(*me, "got") < _SILENT_GOT, None, sent, ends)
    return SmsFate("undelivered", False, _OFF, sent, ends)


def call_fate(chance: Chance, operator: Operator, number: str, nth: int) -> CallFate:
    """The fate of the `nth` call to `number` (from 0)."""
    me = ("call", number, nth)
    rings = chance.between(*_RINGS, *me, "rings")
    soon = chance.between(*_BUSY_AFTER, *me, "busy")
    if _missing(chance, operator, number) == _ABSENT:
        return CallFate("failed", soon, 1.0)
    luck = chance.draw(*me, "end")
    if luck < operator.answered:
        leaves = chance.draw(*me, "leaves") < operator.impatient
        stays = chance.between(0.05, 0.95, *me, "stays") if leaves else 1.0
        return CallFate("answered", rings, stays)
    if luck < operator.answered + operator.busy:
        return CallFate("busy", soon, 1.0)
    if luck < operator.answered + operator.busy + operator.unanswered:
        return CallFate("no-answer", rings, 1.0)
    return CallFate("failed", soon, 1.0)


def press(chance: Chance, number: str, nth: int, gather: int) -> Press:
    """What the person does at the `gather`th question of the `nth` call (both from 0)."""
    me = ("call", number, nth, gather)
    luck = chance.draw(*me, "key")
    key = next((key for key, up_to in _KEYS if luck < up_to), "")
    early = chance.draw(*me, "early") < _PRESSES_EARLY
    share = chance.between(0.3, 0.95, *me, "share") if key and early else 1.0
    return Press(key, share, chance.between(0.5, 2.5, *me, "waits"))


def _missing(chance: Chance, operator: Operator, number: str) -> int | None:
    """The error code of a number that can't get SMS at all; the same at every try."""
    luck = chance.draw("number", number)
    if luck < operator.absent:
        return _ABSENT
    return _LANDLINE if luck < operator.absent + operator.landlines else None
