"""Decides when a shift holds, in its own zone: on one day, or on the same days every week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.kernel.errors import BadInput

HOME_ZONE = "Asia/Phnom_Penh"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shift:
    """From `starts` (included) to `ends` (excluded), which lies on the next day where it is not
    later; on `day`, or where there is none on each of `days` (ISO weekdays such as "12345")."""

    zone: str
    day: date | None
    days: str
    starts: time
    ends: time


@dataclass(frozen=True)
class Span:
    """One time that a shift holds, in UTC."""

    begins: datetime
    ends: datetime


def span_at(shift: Shift, now: datetime) -> Span | None:
    """The span of `shift` that holds at `now`."""
    return next((span for span in _about(shift, now) if span.begins <= now < span.ends), None)


def ended_since(shift: Shift, since: datetime, now: datetime) -> bool:
    """Whether a span of `shift` ended after `since` and by `now`, less than a day later."""
    return any(since < span.ends <= now for span in _about(shift, now))


def read_hours(written: str) -> tuple[time, time]:
    """Hours such as "08:00-17:00" or "20:00-08:00"; raises BadInput.

    >>> read_hours("16:00-24:00")
    (datetime.time(16, 0), datetime.time(0, 0))
    """
    found = _HOURS.fullmatch(written.strip())
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise BadInput(
            f"{written!r} is no span of hours.", where="--hours", remedy="Write 08:00-17:00."
        )
    return time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))


def read_days(written: str) -> str:
    """Days such as "mon-fri,sun" as ISO weekdays ("123457"); raises BadInput."""
    found: set[int] = set()
    for part in written.lower().split(","):
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            raise BadInput(
                f"{written!r} names no days.", where="--days", remedy=f"Of: {', '.join(DAYS)}."
            )
        begin, end = DAYS.index(first), DAYS.index(last)
        found |= {(begin + step) % 7 + 1 for step in range((end - begin) % 7 + 1)}
    return "".join(str(day) for day in sorted(found))


def _about(shift: Shift, now: datetime) -> Iterator[Span]:
    """The spans that begin yesterday or today, where the shift is."""
    zone = ZoneInfo(shift.zone)
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today):
        if shift.day == day or (shift.day is None and str(day.isoweekday()) in shift.days):
            last = day if shift.starts < shift.ends else day + _DAY
            yield Span(
                datetime.combine(day, shift.starts, zone).astimezone(UTC),
                datetime.combine(last, shift.ends, zone).astimezone(UTC),
            )
