"""Says which days of a period a question takes as whole months, and which one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from outreach.reach.rules.publication import next_month

DAY, MONTH = "day", "month"
_NIGHT = timedelta(days=1)


class Stretch(NamedTuple):
    """Spans of one kind, DAY or MONTH, whose first days lie from `since` to `until`, both included;
    None is open."""

    span: str
    since: date | None
    until: date | None


def in_days(since: date | None, until: date | None) -> tuple[Stretch, ...]:
    """The period as days."""
    return (Stretch(DAY, since, until),)


def in_months(since: date | None, until: date | None) -> tuple[Stretch, ...]:
    """The period as its whole months, and the days that are left over at its ends.

    >>> [stretch.span for stretch in in_months(date(2026, 1, 31), date(2026, 2, 28))]
    ['month', 'day']
    """
    first = since and next_month(since - _NIGHT)
    rest = until and (until + _NIGHT).replace(day=1)
    if first and rest and first >= rest:
        return in_days(since, until)
    found = [Stretch(MONTH, first, rest and rest - _NIGHT)]
    if since and first and since < first:
        found.append(Stretch(DAY, since, first - _NIGHT))
    if until and rest and rest <= until:
        found.append(Stretch(DAY, rest, until))
    return tuple(found)


def days_of(month: date) -> Stretch:
    """The days of the month that begins on `month`."""
    return Stretch(DAY, month, next_month(month) - _NIGHT)
