"""Counts an audience before it is used: who may be sent to now, and what holds the others back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row

from outreach.content import queries as content
from outreach.kernel.clock import Clock
from outreach.planning.audience import queries
from outreach.planning.audiences import rule_of
from outreach.planning.campaigns import campaign_by_slug
from outreach.planning.rules import cap
from outreach.store.engine import reading


class Dimension(StrEnum):
    """By what an audience may be broken down."""

    PROVINCE = "province"
    SEX = "sex"
    AGE_BAND = "age_band"
    LANGUAGE = "language"
    CHANNEL = "channel"


_MAY = "may"


@dataclass(frozen=True)
class AudienceCount:
    """`people` are meant, `may` of them may be sent to now; `held` says why not the others,
    `by_consent` how all of them stand. `breakdown` is of those who may, by dimension and value."""

    people: int
    may: int
    held: dict[str, int]
    by_consent: dict[str, int]
    breakdown: dict[str, dict[str, int]]


def count(
    engine: Engine, clock: Clock, what: str, *, campaign: str = "", by: Sequence[Dimension] = ()
) -> AudienceCount:
    """Counts a saved audience, an audience's file or a campaign's folder in one snapshot; with a
    loaded `campaign`, who finds nothing in their language is held back too. Raises NotFound or
    BadInput."""
    now = clock.now()
    with reading(engine) as connection:
        rule = rule_of(connection, what)
        said = None
        if campaign:
            wordings = content.wordings_of(connection, campaign_by_slug(connection, campaign).id)
            said = {(row.language, row.channel) for row in wordings}

        def counted(dimension: str) -> Sequence[Row[Any]]:
            return queries.counted(connection, rule, now, now - cap.WINDOW, dimension)

        rows = counted("")
        held = _summed((_standing(row, said), row.people) for row in rows)
        breakdown = {
            dimension.value: _summed(
                (row.value, row.people)
                for row in counted(dimension)
                if _standing(row, said) == _MAY
            )
            for dimension in by
        }
    return AudienceCount(
        people=sum(held.values()),
        may=held.pop(_MAY, 0),
        held=held,
        by_consent=_summed((row.consent, row.people) for row in rows),
        breakdown=breakdown,
    )


def _standing(row: Row[Any], said: set[tuple[str, str]] | None) -> str:
    """Whether people of a row may be sent to, or the first reason why not, as at sending."""
    if row.why:
        return str(row.why)
    if said is not None and not {(row.language, row.channel), ("km", row.channel)} & said:
        return "no_wording"
    return "cap" if cap.exceeded(row.tried) else _MAY


def _summed(pairs: Any) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, number in pairs:
        sums[name] += number
    return dict(sorted(sums.items()))
