"""Decides which automatic answer a text gets, if any (S2–S4, S9, S12a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# An answer leaves within this time or not at all (S9).
ANSWER_WITHIN = timedelta(minutes=5)
LOOP_WINDOW = timedelta(minutes=10)

# S2: whoever reads the inbox later can't tell these apart, so they share one answer and one limit.
ONE_ANSWER = frozenset({"HELP", "JOB", "DEBT", "SHELTER", "POLICE", "LEGAL", "CHILD", "WAGES"})
# A robot that answers our answers is left alone after so many in LOOP_WINDOW. A person in need
# writes more often than a curious one, so theirs is far higher; staff see every text anyway.
_FEW, _MANY = 5, 20


@dataclass(frozen=True)
class Decision:
    """`answer` is the key of the text to send, or None; `alert` is why a person must look."""

    answer: str | None
    alert: str | None = None


def decide(intent: str, *, opted_out: bool, recent: int, late: bool = False) -> Decision:
    """The answer to a text of `intent`, after `recent` automatic answers in LOOP_WINDOW.

    `opted_out` says that the text (also) asked us to stop. A `late` one came longer than
    ANSWER_WITHIN ago: it is answered by a person or not at all (S9).
    """
    decision = _in_time(intent, opted_out=opted_out, recent=recent)
    if late and decision.answer is not None:
        return Decision(None, decision.alert or "late_text")
    return decision


def _in_time(intent: str, *, opted_out: bool, recent: int) -> Decision:
    urgent = "help" if intent == "HELP" else None
    if intent == "EXIT":
        return Decision(None)
    if recent >= (_MANY if intent in ONE_ANSWER else _FEW):
        return Decision(None, urgent or "loop")
    if intent == "STOP" or (opted_out and intent not in ONE_ANSWER):
        return Decision("STOP")
    if intent in ONE_ANSWER:
        return Decision("JOB", urgent)
    return Decision(intent)
