"""What may leave the organisation: the report with small numbers hidden and help data held back.

Two published months can't be subtracted from each other. All to date can be, from all to a later
date: it is for rehearsals. Which figures may stand beside each other: `rules/disclosure.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from outreach.kernel.errors import Refused
from outreach.kernel.i18n import mark as _
from outreach.reach.helping import HelpMonth
from outreach.reach.report import ReachRow, Report
from outreach.reach.rules.definitions import Definition
from outreach.reach.rules.disclosure import held_back, hide, shown_totals
from outreach.reach.rules.publication import HELP_DELAY, next_month, refusal

COLUMNS = ("reached", "called", "answered", "passed", "engaged", "listened")
# Beside who was called and reached, the channels' table tells who heard a call.
_TOTALS = (*COLUMNS, "heard", "opted_out")
_MESSAGES = ("submitted", "delivered", "unknown", "failed")
_HELD_BACK = _("Who is registered stands as when that last changed by 11 or more.")
_REHEARSAL = _(
    "All to date: two such reports can be subtracted, so this one is for rehearsals only."
)


@dataclass(frozen=True)
class PublishedRow:
    """One value of a dimension, people only; a number that is hidden is None."""

    value: str
    numbers: Mapping[str, int | None]


@dataclass(frozen=True)
class PublishedReport:
    """A report that is safe to show as a whole. In `people` a number that is hidden is None, and
    `registered` stands as it was when it last moved by 11 or more; `messages` are SMS (a call is no
    message), and `delivered_rate` is of those accepted in the period; `by` has the tables; `help`
    only months over for 30 days."""

    rules: str
    since: date | None
    until: date | None
    people: Mapping[str, int | None]
    messages: Mapping[str, int]
    delivered_rate: float | None
    cost: Decimal
    currency: str
    by: Mapping[str, tuple[PublishedRow, ...]]
    help: tuple[HelpMonth, ...]
    definitions: Mapping[str, Definition]
    notes: tuple[str, ...]


def publish(report: Report) -> PublishedReport:
    """The report as it may leave the organisation (S27, S28): one month that is over, of all
    campaigns; or, for rehearsals, all to date. Raises Refused for any other."""
    refused = refusal(report.campaign_id, report.since, report.until, report.last)
    if refused:
        problem, remedy = refused
        raise Refused(problem, remedy=remedy)
    to_date = report.since is None
    totals = {name: int(getattr(report, name)) for name in _TOTALS}
    people = shown_totals(totals)
    return PublishedReport(
        rules=report.rules,
        since=report.since,
        until=report.until,
        people={
            "registered": held_back(report.registered_ends),
            **{name: number for name, number in people.items() if name != "heard"},
        },
        messages=_messages(report),
        delivered_rate=report.delivered_rate,
        cost=report.cost,
        currency=report.currency,
        by={name: _published(name, rows, totals) for name, rows in report.by.items()},
        help=tuple(month for month in report.help if _old(month, report.last)),
        definitions=report.definitions,
        notes=(*report.notes, _HELD_BACK, *((_REHEARSAL,) if to_date else ())),
    )


def _messages(report: Report) -> dict[str, int]:
    sms = next((row for row in report.by["channel"] if row.value == "sms"), None)
    return {name: getattr(sms, name) if sms else 0 for name in _MESSAGES}


def _published(
    dimension: str, rows: tuple[ReachRow, ...], totals: Mapping[str, int]
) -> tuple[PublishedRow, ...]:
    if dimension == "channel":  # consent has none: its row would say nothing
        rows = tuple(row for row in rows if any(getattr(row, name) for name in COLUMNS))
    columns = {name: {row.value: int(getattr(row, name)) for row in rows} for name in COLUMNS}
    heard = dimension == "channel" and shown_totals(totals)["heard"] is None
    hidden = hide(columns, totals, also={"reached": ("voice",)} if heard else {})
    return tuple(
        PublishedRow(row.value, {name: hidden[name][row.value] for name in COLUMNS}) for row in rows
    )


def _old(month: HelpMonth, last: date | None) -> bool:
    return last is not None and next_month(month.month) + HELP_DELAY <= last
