"""The register over time: who has live consent after the last of some days, and how many had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap

from outreach.reach.chunk import ALL
from outreach.reach.growing import Cell
from outreach.reach.queries import Sets
from outreach.reach.rules.milestones import CONSENTED, LEFT
from outreach.reach.rules.publication import next_month


@dataclass(frozen=True)
class Register:
    """`cells` has the contacts after the last day, by cell; `ends` their number after each month in
    which anything changed, the last of them (maybe not over) last."""

    cells: Mapping[Cell, BitMap]
    ends: tuple[int, ...]


def register(rows: Iterable[Sets]) -> Register:
    """The register that the days' bitmaps of consent make, each as they were when they consented.

    Whoever left, left every cell; whoever consents anew is in the cells of the new fact alone.
    """
    days: dict[date, dict[tuple[str, Cell], BitMap]] = defaultdict(dict)
    for row in rows:
        for value, who in row.by_value.items():
            days[row.key.day][row.key.milestone, (row.dimension, value)] = who
    cells: dict[Cell, BitMap] = defaultdict(BitMap)
    ends: dict[date, int] = {}
    for day in sorted(days):
        stayed = days[day].get((CONSENTED, ALL), BitMap())
        gone = days[day].get((LEFT, ALL), BitMap()) | stayed
        for cell in cells:
            cells[cell] = cells[cell] - gone
        for (milestone, cell), contacts in days[day].items():
            if milestone == CONSENTED:
                cells[cell] |= contacts & stayed
        ends[next_month(day)] = len(cells[ALL])
    return Register(dict(cells), tuple(ends.values()))
