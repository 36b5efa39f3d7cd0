"""The states of a delivery and of an attempt, and every move between them.

Receipts come in any order, twice, late or never; a report only ever moves an attempt forward, and
a late *delivered* always wins.
"""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """One thing to get to one contact."""

    PENDING = "pending"  # waits for its turn, or for the next try
    LEASED = "leased"  # a worker holds it; nothing has left yet
    TRYING = "trying"  # an attempt is under way
    DONE = "done"  # delivered, or the call was answered
    FAILED = "failed"  # every permitted attempt failed
    UNKNOWN = "unknown"  # we can't say; never sent again by itself
    EXPIRED = "expired"  # its time passed before it could be sent
    CANCELED = "canceled"  # somebody stopped it
    SUPPRESSED = "suppressed"  # a rule forbids it; `reason` says which


class AttemptState(StrEnum):
    """One SMS or one call."""

    SUBMITTING = "submitting"  # recorded; the request may or may not have left
    SUBMITTED = "submitted"  # the gateway accepted it
    SENT = "sent"  # the gateway handed it to the operator; may be the last word
    RINGING = "ringing"  # call only
    ANSWERED = "answered"  # call only: in progress
    DELIVERED = "delivered"  # SMS on the handset
    COMPLETED = "completed"  # call answered and ended
    BUSY = "busy"  # call only; may be tried again
    NO_ANSWER = "no_answer"  # call only; may be tried again
    ERRORED = "errored"  # did not arrive; may be tried again
    FAILED = "failed"  # did not arrive; final
    CANCELED = "canceled"  # stopped before it left, or at the gateway
    UNKNOWN = "unknown"  # silent past its horizon


A = AttemptState

# A report moves an attempt only to a higher rank. The same rank never replaces: the first word of
# equal weight stays. `delivered` and `completed` stand above every failure, so that a late success
# corrects it; `unknown` ranks below every certain end.
RANK: dict[AttemptState, int] = {
    A.SUBMITTING: 0,
    A.SUBMITTED: 1,
    A.SENT: 2,
    A.RINGING: 2,
    A.ANSWERED: 3,
    A.UNKNOWN: 4,
    A.ERRORED: 5,
    A.FAILED: 5,
    A.BUSY: 5,
    A.NO_ANSWER: 5,
    A.CANCELED: 5,
    A.DELIVERED: 6,
    A.COMPLETED: 6,
}

OPEN = frozenset({A.SUBMITTING, A.SUBMITTED, A.SENT, A.RINGING, A.ANSWERED})
SUCCESS = frozenset({A.DELIVERED, A.COMPLETED})
RETRYABLE = frozenset({A.ERRORED, A.BUSY, A.NO_ANSWER})
ACCEPTED = frozenset(A) - {A.SUBMITTING, A.ERRORED, A.FAILED, A.UNKNOWN}

# An answered call that the gateway later reports as failed was still answered: what was heard was
# heard. So from `answered` only the end of the call or silence leads on.
_FROM_ANSWERED = frozenset({A.COMPLETED, A.UNKNOWN})


def moved(now: AttemptState, reported: AttemptState) -> AttemptState:
    """The state after a report: defined for every pair, never backwards."""
    if now is A.ANSWERED and reported not in _FROM_ANSWERED:
        return now
    return reported if RANK[reported] > RANK[now] else now


def delivery_after(attempt: AttemptState) -> DeliveryState:
    """What the newest attempt's state says of its delivery before any retry is decided."""
    if attempt in SUCCESS or attempt is A.ANSWERED:
        return DeliveryState.DONE
    if attempt in OPEN:
        return DeliveryState.TRYING
    if attempt is A.UNKNOWN:
        return DeliveryState.UNKNOWN
    if attempt is A.CANCELED:
        return DeliveryState.CANCELED
    return DeliveryState.FAILED
