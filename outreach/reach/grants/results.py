"""What came of a grant's indicators, as it may leave the organisation (S27).

Only periods of whole months that are over. All campaigns' months are published too, so a figure is
also hidden where it could be subtracted from theirs, or theirs from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine

from outreach.planning.campaigns import campaign_id_of
from outreach.reach import queries
from outreach.reach.breakdown import MEASURES
from outreach.reach.grants.model import Grant, Indicator, Target
from outreach.reach.grants.subtracting import Month, Told, numbers, telling
from outreach.reach.rules.disclosure import hide, shown_totals
from outreach.reach.rules.publication import next_month
from outreach.store.engine import reading

# By dimension ("" for the total), measure and value.
Page = Mapping[str, Mapping[str, Mapping[str, int | None]]]


@dataclass(frozen=True)
class PeriodResult:
    """What came of a period: `total` None is hidden, `cells` by (dimension, value) likewise;
    `over` says whether it is over: before, nothing is known."""

    target: Target
    over: bool
    total: int | None
    cells: Mapping[tuple[str, str], int | None]


@dataclass(frozen=True)
class IndicatorResult:
    """An indicator with its periods in order."""

    indicator: Indicator
    periods: tuple[PeriodResult, ...]


def results(engine: Engine, grant: Grant, told: Told | None = None) -> tuple[IndicatorResult, ...]:
    """What came of every indicator, as far as the ledger is folded; `told` are the publications of
    the months."""
    ids = {slug: campaign_id_of(engine, slug) for slug in grant.campaigns}
    with reading(engine) as connection:
        last = queries.last_day(connection)
    pages = {
        span: _page(engine, grant, ids, told or {}, *span)
        for span in grant.spans()
        if last is not None and span[1] < last
    }
    return tuple(
        IndicatorResult(
            indicator,
            tuple(
                _period(indicator, target, pages.get((target.since, target.until)))
                for target in sorted(indicator.targets, key=lambda target: target.since)
            ),
        )
        for indicator in grant.indicators
    )


def _period(indicator: Indicator, target: Target, page: Page | None) -> PeriodResult:
    if page is None:
        return PeriodResult(target, over=False, total=None, cells={})
    return PeriodResult(
        target,
        over=True,
        total=page[""][indicator.measure][""],
        cells={
            (dimension, value): number
            for dimension in indicator.by
            for value, number in page[dimension][indicator.measure].items()
        },
    )


def _page(
    engine: Engine, grant: Grant, ids: Mapping[str, int], told: Told, since: date, until: date
) -> Page:
    """Every figure of a period, hidden ones None: all that any indicator shows of it, together."""
    dimensions = sorted({name for indicator in grant.indicators for name in indicator.by})
    months = [Month(engine, ids, days, told.get(days[0], ())) for days in _months(since, until)]
    asked = (list(ids.values()), since, until)
    whole = numbers(engine, "", *asked)
    totals = {name: cells.get("", 0) for name, cells in whole.items()}
    tells = telling("", whole, months)
    shown = {
        name: None if "" in tells[name] else number for name, number in shown_totals(totals).items()
    }
    found: dict[str, dict[str, dict[str, int | None]]] = {
        "": {name: {"": number} for name, number in shown.items()}
    }
    for dimension in dimensions:
        columns = numbers(engine, dimension, *asked)
        cells = hide(columns, totals, telling(dimension, columns, months))
        found[dimension] = {
            name: dict.fromkeys(cells[name]) if shown[name] is None else cells[name]
            for name in MEASURES
        }
    return found


def _months(since: date, until: date) -> Iterator[tuple[date, date]]:
    while since <= until:
        yield since, next_month(since) - timedelta(days=1)
        since = next_month(since)
