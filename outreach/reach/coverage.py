"""Coverage by province and audience against target populations, the largest gap first; internal."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine

from outreach.content.source import Problem, read_text, refuse
from outreach.kernel.dimensions import VALUES
from outreach.reach.breakdown import breakdown
from outreach.reach.report import report
from outreach.reach.rules.allocation import Coverage, Population, elsewhere
from outreach.reach.rules.allocation import coverage as by_gap
from outreach.reach.rules.milestones import RULES

_COLUMNS = ("province", "audience", "people", "source", "date")
_AUDIENCES = frozenset(VALUES["audience"]) - {"not_asked", "prefer_not_to_say"}
ASSUMED = (
    "The populations are the file's: nobody checked them here; each names its source and date.",
    "A SIM that was reached counts as one person; who has two that are not linked counts twice.",
    "Province and audience are as they were when a message arrived; whoever moved is in both.",
    "Closing a gap is priced at the mean airtime cost per person reached so far: those who are "
    "left may cost more. Staff and production are not in it.",
    "Whose province or audience nobody asked is in no cell: coverage is at least this much.",
)


@dataclass(frozen=True)
class CoverageReport:
    """`cells` are sorted by gap. `unplaced` counts the people reached of whom province or audience
    is in no row; a person may be in more than one of its cells."""

    rules: str
    since: date | None
    until: date | None
    reached: int
    cost_per_reached: Decimal | None
    currency: str
    cells: Sequence[Coverage]
    unplaced: Mapping[str, int]
    assumed: Sequence[str]


def coverage(
    engine: Engine,
    populations: Sequence[Population],
    *,
    since: date | None = None,
    until: date | None = None,
) -> CoverageReport:
    """How many of `populations` were reached, over all campaigns."""
    by = ("province", "audience")
    found = breakdown(engine, by, measures=["reached"], since=since, until=until)
    whole = report(engine, since=since, until=until)
    reached = {
        (cell.values["province"], cell.values["audience"]): cell.people["reached"]
        for cell in found.cells
    }
    rest = elsewhere(populations, reached)
    return CoverageReport(
        rules=RULES,
        since=since,
        until=until,
        reached=found.total["reached"],
        cost_per_reached=whole.cost_per_reached,
        currency=whole.currency,
        cells=by_gap(populations, reached, whole.cost_per_reached),
        unplaced={", ".join(place): number for place, number in sorted(rest.items())},
        assumed=ASSUMED,
    )


def load_populations(path: Path, provinces: Collection[str]) -> list[Population]:
    """The target populations in a CSV file; raises BadInput that lists every problem."""
    problems: list[Problem] = []
    found: dict[tuple[str, str], Population] = {}
    for line, row in enumerate(csv.DictReader(read_text(path).splitlines()), start=2):
        if set(row) != set(_COLUMNS) or None in row.values():
            problems.append(Problem(path, line, "Columns differ.", f"Use {', '.join(_COLUMNS)}."))
            continue
        population = _population(row, provinces)
        if population is None:
            todo = "Write e.g. 02,aspirant,12000,labour survey,2025-06-30; people from 1."
            problems.append(Problem(path, line, "This is no population.", todo))
        elif (population.province, population.audience) in found:
            todo = "Leave one of the two."
            problems.append(Problem(path, line, "This cell is there already.", todo))
        else:
            found[population.province, population.audience] = population
    if not found and not problems:
        problems.append(Problem(path, 0, "No population is in it.", "Add a line."))
    refuse(problems)
    return list(found.values())


def _population(row: Mapping[str, str], provinces: Collection[str]) -> Population | None:
    try:
        people, on = int(row["people"]), date.fromisoformat(row["date"])
    except ValueError:
        return None
    known = row["province"] in provinces and row["audience"] in _AUDIENCES
    if not known or people < 1 or not row["source"].strip():
        return None
    return Population(row["province"], row["audience"], people, row["source"].strip(), on)
