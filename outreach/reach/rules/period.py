"""Reads a period as people write it: a year, a month, a day, or two of them with dots between."""

from __future__ import annotations

import re
from datetime import date, timedelta

from outreach.kernel.errors import BadInput
from outreach.reach.rules.publication import next_month

_SPAN = re.compile(r"(20\d{2})(?:-(\d{2}))?(?:-(\d{2}))?")


def parse_period(text: str) -> tuple[date | None, date | None]:
    """The first and last local day, both included; None where it is open. Raises BadInput.

    >>> parse_period("2026-02")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    >>> parse_period("2025..2026-03-05")
    (datetime.date(2025, 1, 1), datetime.date(2026, 3, 5))
    >>> parse_period("2026..")
    (datetime.date(2026, 1, 1), None)
    """
    begin, dots, end = text.strip().partition("..")
    since = _span(begin)[0] if begin else None
    until = _span(end or begin)[1] if end or (begin and not dots) else None
    if since and until and since > until:
        raise _refused("The period ends before it begins.")
    return since, until


def _span(text: str) -> tuple[date, date]:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise _refused("That is no period.")
    year, month, day = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise _refused("There is no such day.") from None
    if day:
        return first, first
    last = next_month(first) if month else date(first.year + 1, 1, 1)
    return first, last - timedelta(days=1)


def _refused(message: str) -> BadInput:
    return BadInput(
        message, where="--period", remedy="Write 2026, 2026-03, 2026-03-05 or 2026-01..2026-03."
    )
