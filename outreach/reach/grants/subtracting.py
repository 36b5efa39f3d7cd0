"""Which figures of a grant would tell of a small group beside its months as published (S27).

Whoever is in the grant's period was counted in at least one of its months: by all campaigns, and by
a campaign of the grant. So sums of the months' numbers less the grant's count people, over all the
months or over those in which the grant's campaigns reached anybody (who follows a grant knows
which); and so does the grant's number less one of a month that counts none but its people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from datetime import date
from itertools import accumulate

from sqlalchemy import Engine

from outreach.reach.breakdown import MEASURES, breakdown
from outreach.reach.comparing import by_campaign
from outreach.reach.publish import publish
from outreach.reach.report import report
from outreach.reach.rules.disclosure import PART_OF, Cells
from outreach.reach.rules.suppression import SMALLEST, small

# Measure, dimension ("" for the total) and value; a campaign is a value of CAMPAIGN by its slug.
Name = tuple[str, str, str]
Shown = Mapping[Name, int]
# By the first day of a month, what each of its publications shows: news that came later is in none.
Told = Mapping[date, Sequence[Shown]]
CAMPAIGN = "campaign"
# By measure and value of a dimension ("" for the total).
Numbers = Mapping[str, Cells]


def numbers(
    engine: Engine, dimension: str, ids: Collection[int] | None, since: date, until: date
) -> Numbers:
    """People of some campaigns, of all where None, by measure and value."""
    by = [dimension] if dimension else []
    page = breakdown(engine, by, campaign_ids=ids, since=since, until=until)
    if not dimension:
        return {name: {"": page.total[name]} for name in MEASURES}
    return {
        name: {cell.values[dimension]: cell.people[name] for cell in page.cells}
        for name in MEASURES
    }


class Month:
    """A month as it is, or would be, published: of all campaigns, and campaign by campaign."""

    def __init__(
        self,
        engine: Engine,
        campaigns: Mapping[str, int],
        days: tuple[date, date],
        told: Sequence[Shown],
    ) -> None:
        self._engine, self._campaigns, self._days = engine, campaigns, days
        self._shown = [_would_be_shown(engine, *days), *told]
        self._ours: dict[str, Numbers] = {}
        self._everybody: dict[str, Numbers] = {}

    def around(self, measure: str, dimension: str, value: str) -> set[int]:
        """Shown numbers that count everybody of the grant in this cell and month; none at all does
        where there is nobody."""
        wholes = (measure, *PART_OF.get(measure, ()))
        found: set[int] = set()
        for shown in self._shown:
            for whole in wholes:
                found |= set(_of(shown, whole, "", ""))
                found |= set(_of(shown, whole, dimension, value)) if dimension else set()
            if not dimension:
                found |= self._by_campaign(shown, wholes)
        return found if self._number(measure, dimension, value) else found | {0}

    def inside(self, measure: str, dimension: str, value: str) -> set[int]:
        """Numbers that count none but people of the grant in this cell."""
        parts = [name for name in MEASURES if name == measure or measure in PART_OF.get(name, ())]
        found: set[int] = set()
        for part in parts:
            if mine := self._alone(part, dimension, value):
                found |= {
                    mine,
                    *(n for shown in self._shown for n in _of(shown, part, dimension, value)),
                }
            if not dimension:
                keys = [(part, CAMPAIGN, slug) for slug in self._campaigns]
                found |= {shown[key] for shown in self._shown for key in keys if key in shown}
        return found

    def _alone(self, measure: str, dimension: str, value: str) -> int:
        """How many are in the cell, where the grant's campaigns counted all of them."""
        if dimension not in self._everybody:
            self._everybody[dimension] = numbers(self._engine, dimension, None, *self._days)
        everybody = self._everybody[dimension][measure].get(value, 0)
        return everybody if everybody == self._number(measure, dimension, value) else 0

    def _number(self, measure: str, dimension: str, value: str) -> int:
        if dimension not in self._ours:
            ids = list(self._campaigns.values())
            self._ours[dimension] = numbers(self._engine, dimension, ids, *self._days)
        return self._ours[dimension][measure].get(value, 0)

    def _by_campaign(self, shown: Shown, wholes: Sequence[str]) -> set[int]:
        """Sums over the grant's campaigns."""
        sums = {0}
        for slug in self._campaigns:
            known = {n for whole in wholes for n in _of(shown, whole, CAMPAIGN, slug)}
            sums = {one + other for one in sums for other in known}
        return sums


def telling(dimension: str, ours: Numbers, months: Sequence[Month]) -> dict[str, set[str]]:
    """By measure, the values whose number tells of a small group."""
    return {
        name: {value for value, n in cells.items() if _tells(name, dimension, value, n, months)}
        for name, cells in ours.items()
    }


def _tells(name: str, dimension: str, value: str, number: int, months: Sequence[Month]) -> bool:
    cell = (name, dimension, value)
    if any(small(number - n) for month in months for n in month.inside(*cell)):
        return True
    around = [month.around(*cell) for month in months]
    return any(small(total - number) for total in sums(around, number + SMALLEST))


def sums(options: Sequence[Set[int]], most: int) -> set[int]:
    """What one of each of `options` may add up to, up to `most`.

    >>> sorted(sums([{1, 5}, {0, 3}], 5))
    [1, 4, 5]
    """
    if not all(options):
        return set()
    # What has to come at least after each: most sums are given up early.
    after = list(accumulate((min(numbers) for numbers in reversed(options)), initial=0))[-2::-1]
    found = {0}
    for numbers_, least in zip(options, after, strict=True):
        found = {s + n for s in found for n in numbers_ if s + n + least <= most}
    return found


def _of(shown: Shown, measure: str, dimension: str, value: str) -> Iterator[int]:
    """The number of a cell, if it is shown."""
    number = shown.get((measure, dimension, value))
    if number is not None:
        yield number


def _would_be_shown(engine: Engine, since: date, until: date) -> dict[Name, int]:
    page = publish(report(engine, since=since, until=until))
    found: dict[Name, int | None] = {(name, "", ""): page.people[name] for name in MEASURES}
    for dimension, rows in page.by.items():
        for row in rows:
            found |= {(name, dimension, row.value): row.numbers[name] for name in MEASURES}
    for campaign in by_campaign(engine, since, until):
        for name, number in campaign.numbers.items():
            found[name, CAMPAIGN, campaign.slug] = number
    return {name: number for name, number in found.items() if number is not None}
