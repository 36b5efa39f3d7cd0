"""What an attempt holds of a campaign's budget, from the moment it is recorded until it is known to
cost nothing."""

from __future__ import annotations

from outreach.delivery.rules.states import AttemptState

A = AttemptState
# An SMS is charged when it is accepted, a call when it was answered.
_FREE = frozenset({A.ERRORED, A.FAILED, A.CANCELED})
_FREE_CALL = _FREE | {A.BUSY, A.NO_ANSWER}


def change(channel: str, before: AttemptState, after: AttemptState, *, accepted: bool) -> int:
    """-1 where this move frees what the attempt held, 1 where it holds it again, else 0.
    `accepted`: the gateway had taken it before this move."""
    if channel == "voice":
        return (before in _FREE_CALL) - (after in _FREE_CALL)
    return 0 if accepted else (before in _FREE) - (after in _FREE)
