"""When a message may reach a person: hours in their own zone, holidays, what they set (S36)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outreach.kernel.hours import USUAL
from outreach.planning.rules.holidays import country_of, is_holiday

# Thailand bans marketing from 21:00 to 09:00.
_LATER_START = {"Asia/Bangkok": 9}
_DAY = 24 * 60
# Whoever has no permitted hour in so many days has none at all.
_DAYS = 31

Span = tuple[int, int]  # minutes of the local day, from (included) to (excluded)


@dataclass(frozen=True)
class Limits:
    """What narrows everybody's hours: the campaign's own `hours` for the channel, whether it goes
    out `on_holidays`, where the person is (`present`, a country), and what they set:
    `safe_hours` "HH:MM-HH:MM" (over midnight too) and `safe_days`, ISO weekdays such as "67"."""

    hours: tuple[int, int] | None = None
    on_holidays: bool = False
    present: str = ""
    safe_hours: str = ""
    safe_days: str = ""


@dataclass(frozen=True)
class Opening:
    """The first permitted moment (UTC): now, or later because of `reason`."""

    at: datetime
    reason: str


# A chunk asks the same thing for each of its messages.
@lru_cache(maxsize=4_096)
def next_open(channel: str, zone: str, now: datetime, limits: Limits = Limits()) -> Opening | None:
    """When a message may go first; None where the person's own settings leave no hour."""
    where = ZoneInfo(zone)
    local = now.astimezone(where)
    hours, country = _usual(channel, zone, limits), country_of(zone, limits.present)
    for offset in range(_DAYS):
        day = local.date() + timedelta(days=offset)
        if not _is_day(day, country, limits):
            continue
        for start, end in _spans(hours, limits.safe_hours):
            opens, closes = _moment(day, start, where), _moment(day, end, where)
            if local < closes:
                at = max(now, opens.astimezone(now.tzinfo))
                return Opening(at, "" if at == now else _why(local, hours, country, limits))
    return None


def _usual(channel: str, zone: str, limits: Limits) -> Span:
    start, end = USUAL[channel]
    first, last = limits.hours or (start, end)
    return max(start, first, _LATER_START.get(zone, 0)) * 60, min(end, last) * 60


def _is_day(day: date, country: str, limits: Limits) -> bool:
    if limits.safe_days and str(day.isoweekday()) not in limits.safe_days:
        return False
    return limits.on_holidays or not is_holiday(country, day)


def _spans(hours: Span, safe: str) -> Iterator[Span]:
    """What `hours` and the person's own hours have in common."""
    for start, end in _safe_spans(safe):
        first, last = max(hours[0], start), min(hours[1], end)
        if first < last:
            yield first, last


def _safe_spans(safe: str) -> tuple[Span, ...]:
    if not safe:
        return ((0, _DAY),)
    start, end = (_minutes(part) for part in safe.split("-"))
    return ((start, end),) if start < end else ((0, end), (start, _DAY))


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _moment(day: date, minutes: int, where: ZoneInfo) -> datetime:
    if minutes == _DAY:
        return datetime.combine(day + timedelta(days=1), time(), where)
    return datetime.combine(day, time(*divmod(minutes, 60)), where)


def _why(local: datetime, hours: Span, country: str, limits: Limits) -> str:
    if not limits.on_holidays and is_holiday(country, local.date()):
        return "holiday"
    minutes = local.hour * 60 + local.minute
    return "safe_contact" if hours[0] <= minutes < hours[1] else "quiet_hours"
