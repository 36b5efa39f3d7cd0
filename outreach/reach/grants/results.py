"""What came of a grant's indicators, as it may leave the organisation (S27).

Only periods of whole months that are over. All campaigns' months are published too, so a figure is
also hidden where it could be subtracted from theirs, or theirs from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine

from outreach.planning.campaigns import campaign_id_of
from outreach.reach import queries
from outreach.reach.breakdown import MEASURES, breakdown
from outreach.reach.grants.model import Grant, Indicator, Target
from outreach.reach.publish import publish
from outreach.reach.report import report
from outreach.reach.rules.disclosure import PART_OF, Cells, hide, shown_totals
from outreach.reach.rules.publication import next_month
from outreach.reach.rules.suppression import small
from outreach.store.engine import reading

# By measure and value of a dimension ("" for the total); a page is by dimension before.
Numbers = Mapping[str, Cells]
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
    months = [_Month(engine, ids, *days) for days in _months(since, until)]
    totals = {
        name: cells.get("", 0) for name, cells in _numbers(engine, "", ids, since, until).items()
    }
    told = _subtractable("", {name: {"": number} for name, number in totals.items()}, months)
    shown = {
        name: None if "" in told[name] else number for name, number in shown_totals(totals).items()
    }
    found: dict[str, dict[str, dict[str, int | None]]] = {
        "": {name: {"": number} for name, number in shown.items()}
    }
    for dimension in dimensions:
        columns = _numbers(engine, dimension, ids, since, until)
        cells = hide(columns, totals, _subtractable(dimension, columns, months))
        found[dimension] = {
            name: dict.fromkeys(cells[name]) if shown[name] is None else cells[name]
            for name in MEASURES
        }
    return found


class _Month:
    """A month as all campaigns' was published, and as it was of ours."""

    def __init__(self, engine: Engine, ids: Collection[int], since: date, until: date) -> None:
        self._page = publish(report(engine, since=since, until=until))
        self._asked = (engine, ids, since, until)

    def at_most(self, dimension: str, measure: str, value: str) -> int | None:
        """The least of the published numbers that count everybody in this cell."""
        names = (measure, *PART_OF.get(measure, ()))
        known = [self._page.people[name] for name in names]
        if dimension:
            rows = [row.numbers for row in self._page.by[dimension] if row.value == value]
            known += [row[name] for row in rows for name in names] if rows else [0]
        return min((number for number in known if number is not None), default=None)

    def alone(self, dimension: str) -> Mapping[str, Cells]:
        """Cells in which all who were counted were counted by our campaigns too."""
        engine, ids, since, until = self._asked
        everybody = _numbers(engine, dimension, None, since, until)
        ours = _numbers(engine, dimension, ids, since, until)
        return {
            name: {v: n for v, n in cells.items() if n and ours[name].get(v, 0) == n}
            for name, cells in everybody.items()
        }


def _subtractable(
    dimension: str, ours: Mapping[str, Cells], months: Sequence[_Month]
) -> Mapping[str, set[str]]:
    """By measure, the values that would tell of a small group beside the months of all campaigns.

    The months together less ours: who was in two months, or in others' campaigns. Ours less a month
    that had our campaigns alone: who was in the other months.
    """
    found: dict[str, set[str]] = {name: set() for name in MEASURES}
    for month in months:
        for name, cells in month.alone(dimension).items():
            found[name] |= {value for value, n in cells.items() if small(ours[name][value] - n)}
    for name, cells in ours.items():
        for value, number in cells.items():
            most = [month.at_most(dimension, name, value) for month in months]
            known = [n for n in most if n is not None]
            if len(known) == len(most) and small(sum(known) - number):
                found[name].add(value)
    return found


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
