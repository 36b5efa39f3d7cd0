"""Decides which month's report is due to a reader, and what becomes of one that did not go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Asia/Phnom_Penh")
_WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
# Whoever takes a mailing up is done with it, or dead, after so long.
LOST_AFTER = timedelta(minutes=15)


class Mailing(StrEnum):
    """What became of one report to one reader."""

    WAITING = "waiting"  # due, or to be tried again
    SENDING = "sending"  # somebody hands it over now
    SENT = "sent"  # the mail server took it
    UNCERTAIN = "uncertain"  # nobody knows whether it was taken: never sent twice by itself
    FAILED = "failed"  # refused for good


def due_month(now: datetime, day: int, since: datetime) -> date | None:
    """The month, by its first day, whose report is due to who subscribed at `since`: the last one,
    from `day` of this month on; None where it is not due yet."""
    today = now.astimezone(_ZONE).date()
    if today.day < day:
        return None
    due_on = today.replace(day=day)
    if since.astimezone(_ZONE).date() > due_on:
        return None
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def next_try(now: datetime, tries: int) -> datetime | None:
    """When one that was refused `tries` times is tried again; None: no more.

    >>> from datetime import UTC
    >>> next_try(datetime(2026, 3, 1, tzinfo=UTC), 6) is None
    True
    """
    return now + _WAITS[tries - 1] if tries <= len(_WAITS) else None
