"""Reads the opening hours of a service, and says whether it is open at a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS, UNKNOWN = "always", "unknown"
_SPAN = re.compile(r"(\w{3})(?:-(\w{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)")
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class Span:
    """Open on `days` (0 is Monday) from `opens` (included) to `closes` (excluded); midnight as
    `closes` is the end of the day, and one before `opens` lies on the next day."""

    days: frozenset[int]
    opens: time
    closes: time

    def holds(self, day: int, at: time) -> bool:
        """Whether it is open on a weekday at a local time."""
        if self.opens < self.closes:
            return day in self.days and self.opens <= at < self.closes
        late = day in self.days and at >= self.opens
        return late or ((day - 1) % 7 in self.days and at < self.closes)


def read_hours(written: str) -> tuple[Span, ...] | None:
    """The spans of `always`, or of e.g. `mon-fri 08:00-17:00; sat 08:00-12:00`; none for
    `unknown`. Returns None for what can't be read."""
    if written == UNKNOWN:
        return ()
    if written == ALWAYS:
        return (Span(frozenset(range(7)), _MIDNIGHT, _MIDNIGHT),)
    spans = [_span(part.strip()) for part in written.lower().split(";")]
    known = tuple(span for span in spans if span is not None)
    return known if len(known) == len(spans) else None


def open_at(spans: tuple[Span, ...], zone: str, now: datetime) -> bool:
    """Whether one of `spans` holds at `now`, in the service's own zone."""
    local = now.astimezone(ZoneInfo(zone))
    return any(span.holds(local.weekday(), local.time()) for span in spans)


def _span(written: str) -> Span | None:
    found = _SPAN.fullmatch(written)
    if not found or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
        return None
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    days = frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
    try:
        opens = time(int(found[3]), int(found[4]))
        closes = _MIDNIGHT if found[5] == "24" else time(int(found[5]), int(found[6]))
    except ValueError:
        return None
    return Span(days, opens, closes)
