"""What a report document is made of: published figures, and nothing that is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from outreach.reach.comparing import PublishedCampaign
from outreach.reach.document.model import Cell
from outreach.reach.publish import PublishedReport


@dataclass(frozen=True)
class Month:
    """A month as it was published, by its first day: its headline cells by figure."""

    month: date
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Restated:
    """A publication of the same period that this one takes the place of."""

    as_of: datetime
    rules: str


@dataclass(frozen=True)
class Material:
    """`months` are the published ones up to this report's, oldest first, this one not among them.
    `last` is the newest day of which anything was known at `as_of`."""

    report: PublishedReport
    campaigns: tuple[PublishedCampaign, ...]
    months: tuple[Month, ...]
    as_of: datetime
    last: date | None
    draft: bool
    restates: Restated | None = None
