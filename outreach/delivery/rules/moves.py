"""Every move of a delivery: what may befall it, and what it is afterwards, for every pair.

The moves themselves are guarded updates (`queries.py`, `progress.py`), because two workers may make
them at once; tests/delivery/test_moves.py makes each of them from each state and compares.
"""

from __future__ import annotations

from enum import StrEnum

from outreach.delivery.rules.states import DeliveryState

D = DeliveryState


class Event(StrEnum):
    """What may befall a delivery. Of an attempt's news only the newest attempt's counts, but for
    *arrived*, which may come late from any."""

    LEASE = "lease"  # a worker takes it
    GIVE_BACK = "give back"  # … and does not use it
    RECLAIM = "reclaim"  # … and is gone, or its lease ran out
    SUBMIT = "submit"  # an attempt is recorded
    WITHDRAW = "withdraw"  # a stop caught it before it left
    SUPPRESS = "suppress"  # a rule or the person forbids it
    CANCEL = "cancel"  # somebody ends its broadcast
    EXPIRE = "expire"  # its time has passed
    NEVER_TAKEN = "never taken"  # throttled, unreachable, or absent from the gateway's list
    ARRIVED = "arrived"  # delivered, or the call was answered
    RETRY = "failed, once more"  # it did not arrive, and the campaign tries again
    FAIL = "failed for good"  # it did not arrive, and that was the last try
    END = "canceled there"  # the gateway stopped it
    SILENCE = "silence"  # past its horizon, or nobody can tell


E = Event

_WAITING = {E.SUPPRESS: D.SUPPRESSED, E.EXPIRE: D.EXPIRED, E.ARRIVED: D.DONE}
_BETTER_KNOWN = {E.ARRIVED: D.DONE, E.RETRY: D.PENDING, E.FAIL: D.FAILED, E.END: D.CANCELED}
_ENDED = {E.ARRIVED: D.DONE}

MOVES: dict[DeliveryState, dict[Event, DeliveryState]] = {
    D.PENDING: _WAITING | {E.LEASE: D.LEASED, E.CANCEL: D.CANCELED},
    # A cancellation finds it when its worker gives it back, or at the check before it leaves.
    D.LEASED: _WAITING | {E.GIVE_BACK: D.PENDING, E.RECLAIM: D.PENDING, E.SUBMIT: D.TRYING},
    D.TRYING: _BETTER_KNOWN
    | {E.WITHDRAW: D.PENDING, E.NEVER_TAKEN: D.PENDING, E.SILENCE: D.UNKNOWN},
    D.UNKNOWN: _BETTER_KNOWN,
    D.FAILED: _ENDED,
    D.EXPIRED: _ENDED,
    D.CANCELED: _ENDED,
    D.SUPPRESSED: _ENDED,
    D.DONE: {},
}


def after(now: DeliveryState, event: Event) -> DeliveryState:
    """The state after `event`: defined for every pair, most of them no change."""
    return MOVES[now].get(event, now)
