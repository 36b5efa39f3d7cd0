"""Distinct people over any set of campaigns and any days, by any dimensions together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from pyroaring import BitMap
from sqlalchemy import Connection, Engine

from outreach.kernel.dimensions import PERSONAL
from outreach.kernel.errors import BadInput
from outreach.reach import persons, queries, spans
from outreach.reach.crowds import ALL, AWAY, Crowd, everybody, settle, union, unions
from outreach.reach.homes.queries import homes as stored_homes
from outreach.reach.queries import PeopleKey, Sets
from outreach.reach.rules.definitions import DEFINITIONS, NOTES, Definition
from outreach.reach.rules.milestones import DIMENSIONS, RULES
from outreach.reach.rules.stretches import Stretch, days_of, in_months
from outreach.reach.spans import Values
from outreach.store.engine import reading

MEASURES = ("reached", "called", "answered", "passed", "engaged", "listened")
_SAME_DAY = (
    "Whose attributes changed between two facts of one campaign's day may also count in a cell "
    "that mixes old and new values of that day; totals are not touched."
)


@dataclass(frozen=True)
class Cell:
    """One value of each dimension asked for, and the people in it by measure."""

    values: Mapping[str, str]
    people: Mapping[str, int]


@dataclass(frozen=True)
class Breakdown:
    """Internal figures: small cells are not hidden. `total` is distinct over all cells; `cells` has
    only those with anybody in them; `bitmaps` is how many sets were joined for the answer."""

    rules: str
    since: date | None
    until: date | None
    by: Sequence[str]
    total: Mapping[str, int]
    cells: Sequence[Cell]
    bitmaps: int
    definitions: Mapping[str, Definition]
    notes: Sequence[str]


def breakdown(
    engine: Engine,
    by: Sequence[str],
    *,
    measures: Sequence[str] = MEASURES,
    campaign_ids: Collection[int] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Breakdown:
    """Who was reached, called, answered, listened, as far as the ledger is folded.

    `measures` are some of MEASURES; `campaign_ids` None is all; `since` and `until` are local days,
    both included. Raises BadInput for a dimension that there isn't.
    """
    _check(by)
    found: dict[Values, dict[str, int]] = defaultdict(lambda: dict.fromkeys(measures, 0))
    total: dict[str, int] = {}
    with reading(engine) as connection:
        known = persons.read(connection, until)
        asked = _Asked(connection, by)
        homes = asked.homes()
        for measure in measures:
            told = asked.crowds(measure, campaign_ids, in_months(since, until))
            total[measure] = known.count(everybody(told.whole))
            if by:
                days_of = partial(asked.days_of, measure)
                cells = spans.cells(told.parts, told.whole, homes, by, told.mixed, days_of)
                for values, met in cells.items():
                    if number := known.count_met(met):
                        found[values][measure] = number
    return Breakdown(
        rules=RULES,
        since=since,
        until=until,
        by=by,
        total=total,
        cells=[Cell(dict(zip(by, values, strict=True)), found[values]) for values in sorted(found)],
        bitmaps=asked.bitmaps,
        definitions={name: DEFINITIONS[name] for name in measures},
        notes=(*NOTES, _SAME_DAY) if len(by) > 1 else NOTES,
    )


@dataclass(frozen=True)
class _Told:
    """Some parts and what they are together, told short (`crowds.py`). Of ALL, the parts have only
    the `spans.suspects`."""

    whole: Crowd
    parts: spans.Crowds
    mixed: spans.Mixed


class _Asked:
    """Reads the sets of some dimensions, and counts them."""

    def __init__(self, connection: Connection, dimensions: Sequence[str]) -> None:
        self.bitmaps = 0
        self._connection, self._dimensions = connection, dimensions
        self._personal = [name for name in dimensions if name in PERSONAL]

    def homes(self) -> Crowd:
        """The homes of all contacts."""
        rows = stored_homes(self._connection, dimensions=self._personal) if self._personal else []
        self.bitmaps += sum(len(sets) for row in rows for sets in row.values())
        return unions(rows)

    def crowds(
        self, measure: str, campaigns: Collection[int] | None, period: Sequence[Stretch]
    ) -> _Told:
        """Who came to a measure, span by span and together."""
        asked = (measure, campaigns, period)
        parts = spans.crowds(self._rows(*asked, self._dimensions))
        whole = unions(parts.values())
        changed = [name for name in self._personal if name in whole]
        strangers, mixed = spans.strangers(parts, changed)
        some = spans.suspects(whole, self._dimensions, mixed)
        at_home = self._at_home(parts, strangers, some, asked)
        for name in changed:
            if AWAY in whole[name]:
                settle(whole[name], (at_home, mixed[name]))
        whole[ALL] = {"": union((at_home, *strangers.values()))}
        return _Told(whole, parts, mixed)

    def days_of(self, measure: str, months: Mapping[spans.Place, BitMap]) -> spans.Crowds:
        """The days of campaigns' months, and those of the same months of other such campaigns, as
        far as they tell of those who are asked for."""
        days = [days_of(month) for month in {month for month, _ in months}]
        asked = (measure, {campaign for _, campaign in months}, days)
        parts = spans.crowds(self._rows(*asked, self._dimensions))
        self._at_home(parts, {}, union(months.values()), asked)
        return parts

    def _at_home(
        self,
        parts: dict[PeopleKey, dict[str, Mapping[str, BitMap]]],
        strangers: Mapping[PeopleKey, BitMap],
        some: BitMap,
        asked: tuple[str, Collection[int] | None, Sequence[Stretch]],
    ) -> BitMap:
        """Everybody but the strangers of each part. The sets of everybody are most of what there is
        to read: they stream past, and the parts keep of them who is in `some`."""
        found = BitMap()
        for row in self._rows(*asked, (ALL,)):
            who = row.by_value[""]
            if some:
                parts[row.key][ALL] = {"": who & some}
            if row.key in strangers:
                who -= strangers[row.key]
            found |= who
        return found

    def _rows(
        self,
        measure: str,
        campaigns: Collection[int] | None,
        period: Sequence[Stretch],
        dimensions: Collection[str],
    ) -> Iterator[Sets]:
        for row in queries.bitmaps(self._connection, (measure,), campaigns, period, dimensions):
            self.bitmaps += len(row.by_value)
            yield row


def _check(by: Sequence[str]) -> None:
    for name in by:
        if name not in DIMENSIONS or by.count(name) > 1:
            raise BadInput(
                f"People can't be counted by {name!r}.",
                where="--by",
                remedy=f"Choose from {', '.join(DIMENSIONS)}, each once.",
            )
