"""Help figures as anyone may see them: by whole months that are over, small numbers hidden (S27).

Every report gives the same rows for the same month, so two reports tell no more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from outreach.reach.rules.publication import counted
from outreach.reach.rules.suppression import shown, suppress


@dataclass(frozen=True)
class HelpMonth:
    """One local month, named by its first day. `conversations` are texts that came in, `callbacks`
    requests to be called, `topics` the texts by topic; None is hidden. No place, no person."""

    month: date
    conversations: int | None
    callbacks: int | None
    topics: Mapping[str, int | None]


def by_month(
    rows: Sequence[Row[Any]], since: date | None, until: date | None, last: date | None
) -> tuple[HelpMonth, ...]:
    """The months that lie whole in the period and are over by `last`, the newest known day."""
    months: dict[date, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        months[row.day.replace(day=1)][row.milestone, row.value] += row.number
    return tuple(
        _month(month, months[month])
        for month in sorted(months)
        if last is not None and counted(month, since, until, last)
    )


def _month(month: date, sums: Mapping[tuple[str, str], int]) -> HelpMonth:
    topics = {topic: n for (kind, topic), n in sums.items() if kind == "help.conversation"}
    total = topics.pop("", 0)
    return HelpMonth(
        month=month,
        conversations=shown(total),
        callbacks=shown(sums.get(("help.callback", ""), 0)),
        topics=suppress(topics),
    )
