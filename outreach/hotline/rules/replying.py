"""Decides until when staff may text a person (S4, S5, S9): soon after their own text, later only as
they themselves set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.hotline.rules.answer import ANSWER_WITHIN

MOST_PARTS = 3
# Where a worker's reply did not arrive, or nobody knows.
TROUBLE = ("failed", "unknown", "expired", "suppressed", "canceled")
_ORDINARY_HOURS = "08:00-20:00"
_DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class SafeWindow:
    """What a person set: `hours` "18:30-21:00" (over midnight too) and `days`, ISO weekdays such as
    "67", in their `zone`; "" says no more than everybody's rules. Good until `ask_again_at`."""

    channel: str
    hours: str
    days: str
    zone: str
    ask_again_at: datetime


def reply_until(
    last_text_at: datetime | None, now: datetime, within: timedelta, safe: SafeWindow | None
) -> datetime | None:
    """Until when a worker may text, or None where they may not (any more). `last_text_at` is None
    where the person wrote nothing, or said that they leave; `within` that time of it the phone is
    likely to be in the same hands."""
    if last_text_at is not None and now < last_text_at + within:
        return last_text_at + within
    return _as_set(now, safe) if safe is not None else None


def _as_set(now: datetime, safe: SafeWindow) -> datetime | None:
    # A channel that nobody named, and settings that are to be asked again, permit nothing.
    if safe.channel != "sms" or now >= safe.ask_again_at:
        return None
    local = now.astimezone(ZoneInfo(safe.zone))
    if safe.days and str(local.isoweekday()) not in safe.days:
        return None
    start, end = (_seconds(part) for part in (safe.hours or _ORDINARY_HOURS).split("-"))
    at = _seconds(f"{local:%H:%M}") + local.second
    inside = (at - start) % _DAY < (end - start) % _DAY
    return now + min(timedelta(seconds=(end - at) % _DAY), ANSWER_WITHIN) if inside else None


def _seconds(written: str) -> int:
    hours, minutes = written.split(":")
    return (int(hours) * 60 + int(minutes)) * 60
