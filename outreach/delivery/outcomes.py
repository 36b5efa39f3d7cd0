"""Turns what a gateway said, or failed to say, into news of an attempt."""

from __future__ import annotations

from datetime import timedelta

from outreach.delivery.progress import News
from outreach.delivery.rules.states import AttemptState
from outreach.gateways.ports import (
    Accepted,
    ErrorClass,
    Outcome,
    Rejected,
    Report,
    Throttled,
    Unreachable,
)

_AGAIN = frozenset({ErrorClass.RETRY_LATER, ErrorClass.RETRY_LITTLE, ErrorClass.UNKNOWN})
# The account or our settings are at fault, not the person's phone: the message keeps its turn.
HALTING = frozenset({ErrorClass.CONFIGURATION, ErrorClass.SUSPENDED})
_UNREACHABLE_PAUSE = timedelta(seconds=30)


def of_answer(attempt_id: int, outcome: Outcome) -> News | None:
    """The news in a gateway's answer; None where it is uncertain whether it took the message."""
    if isinstance(outcome, Accepted):
        return News(attempt_id, AttemptState(outcome.state), sid=outcome.sid)
    if isinstance(outcome, Throttled):
        pause = timedelta(seconds=outcome.retry_after)
        return News(attempt_id, AttemptState.ERRORED, error_code="throttled", again_after=pause)
    if isinstance(outcome, Unreachable):
        return News(
            attempt_id,
            AttemptState.ERRORED,
            error_code="unreachable",
            again_after=_UNREACHABLE_PAUSE,
        )
    if isinstance(outcome, Rejected):
        return _rejected(attempt_id, outcome)
    return None


def of_report(attempt_id: int, report: Report) -> News:
    """The news in a receipt or in what polling found."""
    state = AttemptState(report.state)
    if state is AttemptState.FAILED and report.klass in (*_AGAIN, None):
        state = AttemptState.ERRORED
    return News(
        attempt_id,
        state,
        sid=report.sid,
        error_code=report.error_code,
        error_class=report.klass or "",
    )


def _rejected(attempt_id: int, outcome: Rejected) -> News | None:
    if outcome.klass is ErrorClass.MAY_DUPLICATE:
        return None
    if outcome.klass in HALTING:
        state, again = AttemptState.ERRORED, timedelta(minutes=1)
    elif outcome.klass in _AGAIN:
        state, again = AttemptState.ERRORED, None
    else:
        state, again = AttemptState.FAILED, None
    return News(
        attempt_id,
        state,
        error_code=outcome.code,
        error_class=outcome.klass,
        again_after=again,
    )
