"""Says for which periods figures may leave the organisation, so that two can't be differenced."""

from __future__ import annotations

from datetime import date, timedelta

# Help figures leave the organisation only so long after their month is over (S27).
HELP_DELAY = timedelta(days=30)
_ASK = "Ask for all campaigns, from a month's first day to its last."
ONE_CAMPAIGN = (
    "One campaign's figures are not published: beside all campaigns' they could be subtracted.",
    _ASK,
)
NO_MONTH = ("Only one whole month is published, or all to date for a rehearsal.", _ASK)


def next_month(day: date) -> date:
    """The first day of the month after `day`'s.

    >>> next_month(date(2026, 12, 31))
    datetime.date(2027, 1, 1)
    """
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def is_whole_months(since: date, until: date) -> bool:
    """Whether the days are whole months: the first of one to the last of the same or a later one.

    >>> is_whole_months(date(2026, 1, 1), date(2026, 6, 30))
    True
    """
    return since.day == 1 and since < until and until + timedelta(days=1) == next_month(until)


def refusal(
    campaign_id: int | None, since: date | None, until: date | None, last: date | None
) -> tuple[str, str] | None:
    """Why figures of this kind may not be published and what to do, or None. `last` is the newest
    known day.

    Months' distinct people don't add up, so no month follows from others. All to date could be
    subtracted from all to a later date; it is for rehearsals.
    """
    if campaign_id is not None:
        return ONE_CAMPAIGN
    if since is None and until is None:
        return None
    if since is None or until is None or since.day != 1:
        return NO_MONTH
    if until + timedelta(days=1) != next_month(since):
        return NO_MONTH
    if last is not None and until < last:
        return None
    known = f"The newest day known is {last}." if last else "Nothing is known yet."
    return (
        f"A month is published when it is over. {known}",
        "Wait for its end; a new day is noted while Outreach runs.",
    )


def counted(month: date, since: date | None, until: date | None, last: date) -> bool:
    """Whether the month that begins on `month` lies whole in the period and is over by `last`."""
    after = next_month(month)
    begins = since is None or since <= month
    return begins and after <= last and (until is None or after <= until + timedelta(days=1))
