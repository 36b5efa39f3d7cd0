"""Says when a schedule fires next, in its own zone (APScheduler's triggers compute it)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from outreach.kernel.errors import BadInput

ONCE, CRON = "once", "cron"


def next_firing(kind: str, rule: str, zone: str, after: datetime) -> datetime | None:
    """The first firing later than `after`, or None. Raises BadInput for a rule that can't be read.

    `once` takes a local time such as 2026-03-02T18:00; `cron` five fields with names of days.
    """
    where = ZoneInfo(_known(zone))
    try:
        if kind == ONCE:
            trigger = DateTrigger(datetime.fromisoformat(rule), timezone=where)
            at: datetime = trigger.get_next_fire_time(None, after)
            return at if at > after else None
        # Numbers of days start at Monday here and at Sunday in cron: only names are clear.
        if rule.split()[-1].strip("*/,-").isdigit():
            raise ValueError("write days of the week as names (mon, tue …)")
        cron = CronTrigger.from_crontab(rule, timezone=where)
        following: datetime | None = cron.get_next_fire_time(after, after)
        return following
    except (ValueError, IndexError) as error:
        why = "" if str(error).startswith("Invalid isoformat") else f": {error}"
        raise BadInput(
            f"The schedule {rule!r} can't be read{why}.",
            remedy="Write a time (2026-03-02T18:00) or five cron fields (0 18 * * mon).",
        ) from error


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(
            f"There is no time zone {zone!r}.", remedy="Write e.g. Asia/Phnom_Penh."
        ) from error
    return zone
