"""What a report document is made of: published figures, and nothing that is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from outreach.reach.comparing import PublishedCampaign
from outreach.reach.costs import PublishedCost
from outreach.reach.document.model import Cell
from outreach.reach.effects.publishing import PublishedEffect
from outreach.reach.grants.model import Grant
from outreach.reach.publish import PublishedReport
from outreach.reach.rules.allocation import Population


@dataclass(frozen=True)
class Month:
    """A month as it was published last, by its first day: its headline cells by figure. `anew` is
    when, if there was an edition before."""

    month: date
    cells: Mapping[str, Cell]
    anew: datetime | None = None


@dataclass(frozen=True)
class Promised:
    """A grant as its file's `version` says, and what came of those of its periods that are over:
    the number of people by indicator and the period's days; None is hidden."""

    grant: Grant
    version: int
    loaded_at: datetime
    results: Mapping[tuple[str, date, date], int | None]


@dataclass(frozen=True)
class Restated:
    """A publication of the same period that this one takes the place of."""

    as_of: datetime
    rules: str


@dataclass(frozen=True)
class Material:
    """`months` are the published ones up to this report's, oldest first, this one not among them.
    `last` is the newest day of which anything was known at `as_of`. `populations` are those that
    somebody gave us; without them, without grants or without a quiz there is no such section."""

    report: PublishedReport
    campaigns: tuple[PublishedCampaign, ...]
    months: tuple[Month, ...]
    as_of: datetime
    last: date | None
    draft: bool
    costs: tuple[PublishedCost, ...] = ()
    populations: tuple[Population, ...] = ()
    effects: tuple[PublishedEffect, ...] = ()
    grants: tuple[Promised, ...] = ()
    restates: Restated | None = None
