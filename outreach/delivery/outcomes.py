"""Turns what a gateway said, or failed to say, into news of an attempt."""

from __future__ import annotations

from datetime import timedelta

from outreach.delivery.progress import News
from outreach.delivery.rules.consequences import Again, after
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

_UNREACHABLE_PAUSE = timedelta(seconds=30)
# What keeps its turn waits for a person anyway; it only must not spin.
_HALTED_PAUSE = timedelta(minutes=1)


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
    if isinstance(outcome, Rejected) and outcome.klass is not ErrorClass.MAY_DUPLICATE:
        return _failed(attempt_id, outcome.code, outcome.klass)
    return None


def of_report(attempt_id: int, report: Report) -> News:
    """The news in a receipt or in what polling found."""
    state = AttemptState(report.state)
    if state is AttemptState.FAILED:
        return _failed(attempt_id, report.error_code, report.klass, report.sid)
    return News(
        attempt_id,
        state,
        sid=report.sid,
        error_code=report.error_code,
        error_class=report.klass or "",
    )


def _failed(
    attempt_id: int, code: str | None, klass: ErrorClass | None, sid: str | None = None
) -> News:
    again = after(klass).again
    return News(
        attempt_id,
        AttemptState.FAILED if again is Again.NEVER else AttemptState.ERRORED,
        sid=sid,
        error_code=code,
        error_class=klass or "",
        again_after=_HALTED_PAUSE if again is Again.KEEPS_ITS_TURN else None,
    )
