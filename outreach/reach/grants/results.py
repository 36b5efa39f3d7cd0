"""What came of a grant's indicators, as it may leave the organisation (S27).

Only periods of whole months that are over. All campaigns' months are published too, so a figure is
also hidden where it could be subtracted from theirs, or theirs from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine

from outreach.planning.campaigns import campaign_id_of
from outreach.reach import queries
from outreach.reach.breakdown import MEASURES, breakdown
from outreach.reach.grants.model import Grant, Indicator, Target
from outreach.reach.rules.disclosure import hide, shown_totals
from outreach.reach.rules.publication import next_month
from outreach.reach.rules.suppression import small
from outreach.store.engine import reading

Numbers = Mapping[str, Mapping[str, int]]  # measure -> value of a dimension, "" for the total


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


def results(engine: Engine, grant: Grant) -> tuple[IndicatorResult, ...]:
    """What came of every indicator, as far as the ledger is folded."""
    ids = [campaign_id_of(engine, slug) for slug in grant.campaigns]
    with reading(engine) as connection:
        last = queries.last_day(connection)
    pages = {
        span: _page(engine, grant, ids, *span)
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


Page = Mapping[str, Mapping[str, Mapping[str, int | None]]]  # dimension -> measure -> value


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


def _page(engine: Engine, grant: Grant, ids: Collection[int], since: date, until: date) -> Page:
    """Every figure of a period, hidden ones None: all that any indicator shows of it, together."""
    dimensions = sorted({name for indicator in grant.indicators for name in indicator.by})
    found: dict[str, dict[str, dict[str, int | None]]] = {}
    ours = _numbers(engine, "", ids, since, until)
    totals = {name: ours[name].get("", 0) for name in MEASURES}
    told = _subtractable(engine, "", ids, since, until)
    shown = shown_totals(totals)
    found[""] = {name: {"": None if "" in told[name] else shown[name]} for name in MEASURES}
    for dimension in dimensions:
        columns = _numbers(engine, dimension, ids, since, until)
        also = _subtractable(engine, dimension, ids, since, until)
        cells = hide(columns, totals, also)
        found[dimension] = {
            name: {
                value: None if found[""][name][""] is None else number
                for value, number in cells[name].items()
            }
            for name in MEASURES
        }
    return found


def _subtractable(
    engine: Engine, dimension: str, ids: Collection[int], since: date, until: date
) -> Mapping[str, set[str]]:
    """By measure, the values that a month of all campaigns, or all months together, would betray.

    The months' people together less ours count who was in two months or in others' campaigns; where
    a month had our campaigns alone, ours less that month's count who was in the other months.
    """
    ours = _numbers(engine, dimension, ids, since, until)
    found: dict[str, set[str]] = defaultdict(set)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for first, last in _months(since, until):
        everybody = _numbers(engine, dimension, None, first, last)
        of_ours = _numbers(engine, dimension, ids, first, last)
        for name in MEASURES:
            for value, number in everybody[name].items():
                sums[name, value] += number
                alone = of_ours[name].get(value, 0) == number
                if alone and number and small(ours[name].get(value, 0) - number):
                    found[name].add(value)
    for (name, value), number in sums.items():
        if small(number - ours[name].get(value, 0)):
            found[name].add(value)
    return {name: found[name] for name in MEASURES}


def _numbers(
    engine: Engine, dimension: str, ids: Collection[int] | None, since: date, until: date
) -> Numbers:
    by = [dimension] if dimension else []
    page = breakdown(engine, by, campaign_ids=ids, since=since, until=until)
    if not dimension:
        return {name: {"": page.total[name]} for name in MEASURES}
    return {
        name: {cell.values[dimension]: cell.people[name] for cell in page.cells}
        for name in MEASURES
    }


def _months(since: date, until: date) -> Iterator[tuple[date, date]]:
    while since <= until:
        yield since, next_month(since) - timedelta(days=1)
        since = next_month(since)
