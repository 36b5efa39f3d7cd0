"""Help figures as anyone may see them: by whole months that are over, small numbers hidden (S27).

Every report gives the same rows for the same month, so two reports tell no more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row

from outreach.reach.rules.milestones import LOOKED, WAITED
from outreach.reach.rules.publication import counted
from outreach.reach.rules.suppression import shown, small, suppress

# How far a referral came, the whole before its part.
_STAGES = ("offered", "accepted", "acknowledged")


@dataclass(frozen=True)
class HelpMonth:
    """One local month, named by its first day. `conversations` are texts that came in, `callbacks`
    requests to be called, `topics` the texts by topic, `referrals` by how far they came; None is
    hidden. Half of the `looked` conversations were looked at by a person within `median_minutes`
    (the end of a span; None where hidden, or nothing was looked at). No place, no person."""

    month: date
    conversations: int | None
    callbacks: int | None
    topics: Mapping[str, int | None]
    referrals: Mapping[str, int | None] = field(default_factory=dict)
    looked: int | None = 0
    median_minutes: int | None = None


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
        referrals=_steps({stage: sums.get(("help.referral", stage), 0) for stage in _STAGES}),
        looked=shown(sums.get((LOOKED, ""), 0)),
        median_minutes=_median(sums),
    )


def _steps(numbers: Mapping[str, int]) -> dict[str, int | None]:
    """Each step less the next counts conversations too, and a step is no more than the last."""
    found: dict[str, int | None] = {}
    before: int | None = None
    for stage, number in numbers.items():
        first = not found
        hidden = small(number) or (not first and (before is None or small(before - number)))
        found[stage] = before = None if hidden else number
    return found


def _median(sums: Mapping[tuple[str, str], int]) -> int | None:
    spans = {
        int(kind.removeprefix(WAITED)): n
        for (kind, _), n in sums.items()
        if kind.startswith(WAITED)
    }
    total, so_far = sum(spans.values()), 0
    for minutes in sorted(spans):
        so_far += spans[minutes]
        if 2 * so_far >= total and not small(total):
            return minutes
    return None
