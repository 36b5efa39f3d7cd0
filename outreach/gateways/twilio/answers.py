"""Decides what a provider's HTTP answer to "send this" means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from outreach.gateways.ports import (
    Accepted,
    Channel,
    ErrorClass,
    Outcome,
    Rejected,
    Throttled,
    Uncertain,
)
from outreach.gateways.twilio.errors import THROTTLED, classify, classify_status
from outreach.gateways.twilio.forms import code_in, moment, sid_in
from outreach.gateways.twilio.statuses import CALL, MESSAGE
from outreach.gateways.twilio.transport import Answer

_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE = 300.0
# Lists come newest first by a date that is close to, but not, the creation date.
_OUT_OF_ORDER = timedelta(days=1)


def outcome(answer: Answer, channel: Channel) -> Outcome:
    """The outcome of one create request; anything unclear is Uncertain, never a refusal."""
    if 200 <= answer.status < 300:
        return _accepted(answer, channel)
    code = code_in(answer.data.get("code")) or ""
    if code in THROTTLED or answer.status == 429:
        return Throttled(_pause(answer.retry_after))
    klass = classify(code)
    if klass in (None, ErrorClass.UNKNOWN):
        klass = classify_status(answer.status)
    if klass is ErrorClass.MAY_DUPLICATE or answer.status >= 500 or answer.status < 300:
        return Uncertain(f"http-{answer.status}")
    return Rejected(code or f"http-{answer.status}", klass)


def _accepted(answer: Answer, channel: Channel) -> Outcome:
    sid = sid_in(answer.data.get("sid"))
    if not sid:
        return Uncertain("unreadable answer")
    status = str(answer.data.get("status")).lower()
    state = (CALL if channel == "voice" else MESSAGE).get(status)
    return Accepted(sid, state or "submitted")


def _pause(retry_after: str) -> float:
    seconds = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
    return min(seconds, _LONGEST_PAUSE) or _PAUSE_SECONDS


def all_before(page: Sequence[object], since: datetime) -> bool:
    """Whether every entry of a list's page is so old that later pages can hold nothing newer."""
    dates = [moment(e.get("date_created")) for e in page if isinstance(e, dict)]
    return bool(dates) and all(d is not None and d < since - _OUT_OF_ORDER for d in dates)
