"""What published reports say of months and grants: later ones repeat it, and nothing else that
leaves may be subtracted from it (S27)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from outreach.reach.document.material import Promised
from outreach.reach.document.model import Document, Kind, from_json
from outreach.reach.document.promises import KEY, RESULT, row_key
from outreach.reach.grants import keeping
from outreach.reach.grants.model import Grant
from outreach.reach.grants.results import IndicatorResult, PeriodResult, results
from outreach.reach.grants.subtracting import CAMPAIGN, Name
from outreach.reach.iati.history import Said, results_in
from outreach.reach.publications import queries
from outreach.reach.publish import COLUMNS
from outreach.reach.rules.milestones import DIMENSIONS
from outreach.store.engine import reading


def standing_results(engine: Engine, grant: Grant) -> tuple[IndicatorResult, ...]:
    """What came of a grant's indicators, as it may leave: what its IATI activity said first stands;
    so does a total that a report said, and where it is another one than now its cells are hidden.
    Of such a period nothing else is told anew: it would stand beside numbers of another day."""
    documents = _documents(engine)
    found = results(engine, grant, _told(documents))
    said = _said(engine, grant)
    first = _first(documents) | {key: each.total for key, each in said.items()}
    now = {
        row_key(grant.slug, one.indicator, period.target): period
        for one in found
        for period in one.periods
    }
    changed = {
        _span(period) for key, period in now.items() if key in first and first[key] != period.total
    }
    return tuple(
        replace(
            one,
            periods=tuple(
                _standing(
                    period,
                    row_key(grant.slug, one.indicator, period.target),
                    first,
                    said,
                    _span(period) in changed,
                )
                for period in one.periods
            ),
        )
        for one in found
    )


def promised(engine: Engine, until: date | None) -> tuple[Promised, ...]:
    """Every grant with what came of its periods that end by `until`."""
    return tuple(
        Promised(
            kept.grant,
            kept.version,
            kept.loaded_at,
            {
                (one.indicator.code, period.target.since, period.target.until): period.total
                for one in standing_results(engine, kept.grant)
                for period in one.periods
                if period.over and (until is None or period.target.until <= until)
            },
        )
        for kept in keeping.every(engine)
    )


def _standing(
    period: PeriodResult,
    key: str,
    first: Mapping[str, int | None],
    said: Mapping[str, Said],
    changed: bool,
) -> PeriodResult:
    if key in said:
        cells = {cell: said[key].cells.get(cell) for cell in period.cells}
        return replace(period, total=said[key].total, cells=cells)
    if changed:
        return replace(period, total=first.get(key), cells=dict.fromkeys(period.cells))
    return period


def _span(period: PeriodResult) -> tuple[date, date]:
    return period.target.since, period.target.until


def _documents(engine: Engine) -> dict[str, list[Document]]:
    """All published months' documents by period, the first edition first."""
    found: dict[str, list[Document]] = defaultdict(list)
    with reading(engine) as connection:
        for row in queries.months(connection):
            found[row.period].append(from_json(row.document))
    return dict(found)


def _first(documents: Mapping[str, Sequence[Document]]) -> dict[str, int | None]:
    """What was first said of each grant's period; None is hidden."""
    found: dict[str, int | None] = {}
    editions = [document for of in documents.values() for document in of]
    for document in sorted(editions, key=lambda document: document.as_of):
        section = document.section(KEY)
        for row, cell in section.column(RESULT) if section else ():
            found.setdefault(row.key, cell.number if isinstance(cell.number, int) else None)
    return found


def _said(engine: Engine, grant: Grant) -> dict[str, Said]:
    """What the grant's activity said first of each period that was over."""
    found: dict[str, Said] = {}
    with reading(engine) as connection:
        for row in queries.activities(connection, grant.slug):
            found = results_in(row.document) | found
    return found


def _told(documents: Mapping[str, Sequence[Document]]) -> dict[date, list[dict[Name, int]]]:
    return {
        date.fromisoformat(f"{period}-01"): [_people(document) for document in of]
        for period, of in documents.items()
    }


def _people(document: Document) -> dict[Name, int]:
    """Every number of people that a document shows."""
    found: dict[Name, int] = {}
    tables = {name: name for name in DIMENSIONS} | {"campaigns": CAMPAIGN}
    for section in document.sections:
        for row in section.rows:
            for column, cell in zip(section.columns, row.cells, strict=True):
                if cell.kind is not Kind.COUNT or not isinstance(cell.number, int):
                    continue
                if section.key == "funnel" and row.key in COLUMNS:
                    found[row.key, "", ""] = cell.number
                elif section.key in tables and column.key in COLUMNS:
                    found[column.key, tables[section.key], row.key] = cell.number
    return found
