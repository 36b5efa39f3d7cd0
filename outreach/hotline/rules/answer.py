"""Decides which automatic answer a text gets, if any (S2–S4, S9, S12a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# An answer leaves within this time or not at all (S9).
ANSWER_WITHIN = timedelta(minutes=5)
LOOP_WINDOW = timedelta(minutes=10)

# S2: whoever reads the inbox later can't tell these apart, so they share one answer and one limit.
ONE_ANSWER = frozenset({"HELP", "JOB", "DEBT", "SHELTER", "POLICE", "LEGAL", "CHILD", "WAGES"})
# A robot that answers our answers is left alone after so many in LOOP_WINDOW: few where it was not
# understood, more where it was, for a person walks through menus; and never so many that none are
# left for help. Staff see every text anyway.
_FEW, _SOME, _MANY = 5, 10, 20
# Past that, help is still answered, but no robot for long: it answers sooner than this.
_SPACING = timedelta(minutes=1)


@dataclass(frozen=True)
class Recent:
    """How many automatic answers a number got in LOOP_WINDOW, and how long ago the last one."""

    answers: int = 0
    since_last: timedelta = LOOP_WINDOW


@dataclass(frozen=True)
class Decision:
    """`answer` is the key of the text to send, or None; `alert` is why a person must look. `quiet`:
    there is none because the number got so many, which staff are told once."""

    answer: str | None
    alert: str | None = None
    quiet: bool = False


def decide(intent: str, *, opted_out: bool, recent: Recent, late: bool = False) -> Decision:
    """The answer to a text of `intent`, after `recent` automatic answers.

    `opted_out` says that the text (also) asked us to stop. A `late` one came longer than
    ANSWER_WITHIN ago: it is answered by a person or not at all (S9).
    """
    decision = _in_time(intent, opted_out=opted_out, recent=recent)
    if late and decision.answer is not None:
        return Decision(None, decision.alert or "late_text")
    return decision


def _in_time(intent: str, *, opted_out: bool, recent: Recent) -> Decision:
    urgent = "help" if intent == "HELP" else None
    if intent == "EXIT":
        return Decision(None)
    if _too_many(intent, recent):
        return Decision(None, urgent or "loop", quiet=True)
    if intent == "STOP" or (opted_out and intent not in ONE_ANSWER):
        return Decision("STOP")
    if intent in ONE_ANSWER:
        return Decision("JOB", urgent)
    return Decision(intent)


def _too_many(intent: str, recent: Recent) -> bool:
    if intent in ONE_ANSWER:
        return recent.answers >= _MANY and recent.since_last < _SPACING
    return recent.answers >= (_FEW if intent == "UNKNOWN" else _SOME)
