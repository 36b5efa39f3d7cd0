"""Safe contact (S5): reads the hours and days that a person set."""

from __future__ import annotations

import re

from outreach.kernel.errors import BadInput
from outreach.language.digits import to_ascii_digits

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)")
_DAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


def read_hours(written: str) -> str:
    """Hours such as "18:30-21:00" in one form; raises BadInput. They may pass midnight."""
    found = _HOURS.fullmatch(to_ascii_digits(written).strip())
    if found is None or (found[1], found[2]) == (found[3], found[4]):
        raise BadInput(
            f"{written!r} is no span of hours.", where="--hours", remedy="Write 18:30-21:00."
        )
    return f"{int(found[1]):02}:{found[2]}-{int(found[3]):02}:{found[4]}"


def read_days(written: str) -> str:
    """Days such as "sat,sun" as ISO weekdays ("67"); raises BadInput."""
    names = [name.strip().casefold()[:3] for name in written.split(",")]
    if not all(name in _DAYS for name in names):
        raise BadInput(
            f"{written!r} names no days.", where="--days", remedy=f"Of: {', '.join(_DAYS)}."
        )
    return "".join(str(day) for day in sorted({_DAYS[name] for name in names}))
