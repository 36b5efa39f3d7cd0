"""Which day it is here, and how Cambodian lists write days, which are told from phone numbers."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from outreach.language.digits import to_ascii_digits

HOME_ZONE = ZoneInfo("Asia/Phnom_Penh")
_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[ T]\d{1,2}:.*)?")
# What could be a day where a number is expected: "14.02.2026" without its dots is a valid number.
_LIKE_A_DAY = re.compile(
    r"(?:(?:19|20|25)\d\d[-/.][0-3]?\d[-/.][0-3]?\d"
    r"|[0-3]?\d[-/.][0-3]?\d[-/.](?:19|20|25)\d\d"
    r"|[0-3]?\d/[0-3]?\d/\d\d"
    r"|\d{1,2}[-. ][a-z]{3,9}[-. ]\d{2,4})"
    r"(?:[ t]\d{1,2}:.*)?",
    re.IGNORECASE,
)
# No register of this kind is older; an earlier year is a slip.
_FIRST_YEAR = 2000


def local_day(at: datetime) -> date:
    """The day that people here say it is `at` a moment."""
    return at.astimezone(HOME_ZONE).date()


def looks_like_a_day(text: str) -> bool:
    """Whether a cell is a date, be it a possible one or not."""
    return bool(_LIKE_A_DAY.fullmatch(text))


def read_day(text: str) -> date | None:
    """The day in 2026-02-14, 14/02/2026 or 14.2.2026 (day first, as Cambodia writes), or None."""
    found = _DAY.fullmatch(to_ascii_digits(text).strip())
    if found is None:
        return None
    first, month, last = found.groups()
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4 or int(year) < _FIRST_YEAR:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
