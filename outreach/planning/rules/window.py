"""Quiet hours: when a text or a call may reach a person, in their own zone (S36)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# Local hours from (included) to (excluded). Thailand bans marketing from 21:00 to 09:00.
_HOURS = {"sms": (time(8), time(20)), "voice": (time(18), time(20))}
_LATER_START = {"Asia/Bangkok": time(9)}


def next_open(channel: str, zone: str, now: datetime) -> datetime:
    """`now` if the window is open, else the moment (UTC) when it opens next."""
    local = now.astimezone(ZoneInfo(zone))
    start, end = _HOURS[channel]
    start = max(start, _LATER_START.get(zone, start))
    if start <= local.time() < end:
        return now
    day = local.date() if local.time() < start else local.date() + timedelta(days=1)
    return datetime.combine(day, start, ZoneInfo(zone)).astimezone(now.tzinfo)
