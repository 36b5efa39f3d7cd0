"""What may leave the organisation: the report with small numbers hidden and help data held back.

Still open (see README): two reports published at different times can be differenced; until
published reports are kept and compared, the page is for rehearsals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from outreach.reach.report import ReachRow, Report
from outreach.reach.rules.suppression import small, suppress

_PEOPLE = ("registered", "reached", "called", "answered", "listened", "opted_out")
_MESSAGES = ("submitted", "delivered", "unknown", "failed")
_COLUMNS = tuple(field.name for field in fields(ReachRow) if field.name != "value")


@dataclass(frozen=True)
class PublishedRow:
    """One value of a dimension; a number that is hidden is None."""

    value: str
    numbers: Mapping[str, int | None]


@dataclass(frozen=True)
class PublishedReport:
    """A report that is safe to show as a whole. In `people` a number under 11 is None; `messages`
    are SMS (a call is no message); `by` has the tables."""

    rules: str
    since: date | None
    until: date | None
    people: Mapping[str, int | None]
    messages: Mapping[str, int]
    cost: Decimal
    currency: str
    by: Mapping[str, tuple[PublishedRow, ...]]


def publish(report: Report) -> PublishedReport:
    """The report as it may leave the organisation (S27, S28).

    Help conversations are left out altogether: they may only appear with a delay, and that needs a
    calendar of publications, which the reach step brings.
    """
    figures = {name: int(getattr(report, name)) for name in _PEOPLE}
    return PublishedReport(
        rules=report.rules,
        since=report.since,
        until=report.until,
        people={name: None if small(number) else number for name, number in figures.items()},
        messages=_messages(report),
        cost=report.cost,
        currency=report.currency,
        by={name: _published(rows) for name, rows in report.by.items()},
    )


def _messages(report: Report) -> dict[str, int]:
    sms = next((row for row in report.by["channel"] if row.value == "sms"), None)
    return {name: getattr(sms, name) if sms else 0 for name in _MESSAGES}


def _published(rows: tuple[ReachRow, ...]) -> tuple[PublishedRow, ...]:
    hidden = {
        column: suppress({row.value: max(0, getattr(row, column)) for row in rows})
        for column in _COLUMNS
    }
    return tuple(
        PublishedRow(row.value, {column: hidden[column][row.value] for column in _COLUMNS})
        for row in rows
    )
