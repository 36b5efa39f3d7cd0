"""What may leave the organisation: the report with small numbers hidden and help data held back.

Two published months can't be subtracted from each other. All to date can be, from all to a later
date: it is for rehearsals, until published reports are kept and compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from outreach.kernel.errors import Refused
from outreach.reach.helping import HelpMonth
from outreach.reach.report import ReachRow, Report
from outreach.reach.rules.definitions import Definition
from outreach.reach.rules.publication import HELP_DELAY, next_month, refusal
from outreach.reach.rules.suppression import shown, suppress_together

_PEOPLE = ("registered", "reached", "called", "answered", "listened", "opted_out")
_MESSAGES = ("submitted", "delivered", "unknown", "failed")
_COLUMNS = ("registered", "reached", "called", "answered", "listened")
# A call that was answered was made; one that was listened to was answered, and reached somebody.
_PART_OF = {"answered": ("called",), "listened": ("answered", "reached")}
_REHEARSAL = "All to date: two such reports can be subtracted, so this one is for rehearsals only."


@dataclass(frozen=True)
class PublishedRow:
    """One value of a dimension, people only; a number that is hidden is None."""

    value: str
    numbers: Mapping[str, int | None]


@dataclass(frozen=True)
class PublishedReport:
    """A report that is safe to show as a whole. In `people` a number under 11 is None; `messages`
    are SMS (a call is no message); `by` has the tables; `help` only months over for 30 days."""

    rules: str
    since: date | None
    until: date | None
    people: Mapping[str, int | None]
    messages: Mapping[str, int]
    cost: Decimal
    currency: str
    by: Mapping[str, tuple[PublishedRow, ...]]
    help: tuple[HelpMonth, ...]
    definitions: Mapping[str, Definition]
    notes: tuple[str, ...]


def publish(report: Report) -> PublishedReport:
    """The report as it may leave the organisation (S27, S28): one month that is over, of all
    campaigns; or, for rehearsals, all to date. Raises Refused for any other."""
    problem = refusal(report.campaign_id, report.since, report.until, report.last)
    if problem:
        raise Refused(
            problem, remedy="Ask for all campaigns, from a month's first day to its last."
        )
    to_date = report.since is None
    return PublishedReport(
        rules=report.rules,
        since=report.since,
        until=report.until,
        people={name: shown(getattr(report, name)) for name in _PEOPLE},
        messages=_messages(report),
        cost=report.cost,
        currency=report.currency,
        by={name: _published(rows) for name, rows in report.by.items()},
        help=tuple(month for month in report.help if _old(month, report.last)),
        definitions=report.definitions,
        notes=(*report.notes, _REHEARSAL) if to_date else report.notes,
    )


def _messages(report: Report) -> dict[str, int]:
    sms = next((row for row in report.by["channel"] if row.value == "sms"), None)
    return {name: getattr(sms, name) if sms else 0 for name in _MESSAGES}


def _published(rows: tuple[ReachRow, ...]) -> tuple[PublishedRow, ...]:
    columns = {name: {row.value: int(getattr(row, name)) for row in rows} for name in _COLUMNS}
    hidden = suppress_together(columns, _PART_OF)
    return tuple(
        PublishedRow(row.value, {name: hidden[name][row.value] for name in _COLUMNS})
        for row in rows
    )


def _old(month: HelpMonth, last: date | None) -> bool:
    return last is not None and next_month(month.month) + HELP_DELAY <= last
