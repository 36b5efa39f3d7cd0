"""Publishes the report of a period: builds its document once and keeps it; nothing changes it.

The same figures again are the same publication. Other figures are another edition, which says so;
where they differ by so few that the two could be subtracted, the published ones stand (S27).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound, Refused
from outreach.kernel.ids import public_id
from outreach.people.audit import Asking
from outreach.reach import populations
from outreach.reach.comparing import by_campaign
from outreach.reach.costs import published_costs
from outreach.reach.document.building import build
from outreach.reach.document.material import Material, Month, Restated
from outreach.reach.document.model import Cell, Column, Document, Kind, from_json, to_json
from outreach.reach.document.sections import TREND
from outreach.reach.effects.publishing import published_effects
from outreach.reach.publications import queries
from outreach.reach.publications.noting import note
from outreach.reach.publications.standing import promised
from outreach.reach.publish import publish
from outreach.reach.report import report
from outreach.reach.rules.restating import too_close
from outreach.store.engine import reading, transaction

TO_DATE = "to-date"
_MONTHS = 12
# Earlier months may have been published since; how many cells are hidden is nobody's figure.
_ABOUT_OTHERS = ("months", "hidden")
_Key = tuple[str, str, str]  # section, row, column


@dataclass(frozen=True)
class Publication:
    """A published report as it is listed."""

    public_id: str
    period: str
    edition: int
    rules: str
    as_of: datetime
    by: str


def draft(engine: Engine, clock: Clock, since: date | None, until: date | None) -> Document:
    """The document that publishing would make now, marked as a draft. Raises Refused for a period
    that may not leave the organisation."""
    return build(replace(_material(engine, clock, since, until), draft=True))


def publish_period(
    engine: Engine, clock: Clock, since: date | None, until: date | None, asking: Asking
) -> Publication:
    """Publishes the report of a period as far as the ledger is folded; returns the publication that
    stands for it. Raises Refused, or Conflict where somebody publishes it at the same time."""
    made_of = _material(engine, clock, since, until)
    period = period_name(since)
    with transaction(engine) as connection:
        before = queries.newest(connection, period)
        document = build(made_of)
        if before is not None:
            kept = from_json(before.document)
            if _figures(kept) == _figures(document) and before.rules == document.rules:
                return _publication(before)
            if period != TO_DATE:
                _require_apart(kept, document)
            made_of = replace(made_of, restates=Restated(before.as_of, before.rules))
            document = build(made_of)
        name = public_id("rp")
        row = {
            "public_id": name,
            "period": period,
            "edition": before.edition + 1 if before is not None else 1,
            "rules": document.rules,
            "as_of": document.as_of,
            "by": asking.by[:60],
            "document": to_json(document),
        }
        if not queries.add(connection, row):
            raise Conflict("Somebody publishes this period too.", remedy="Look at what they did.")
        note(connection, asking, "published", name, document.as_of)
        return _publication(queries.by_public_id(connection, name))


def publications(engine: Engine) -> tuple[Publication, ...]:
    """All published reports, the newest first."""
    with reading(engine) as connection:
        return tuple(_publication(row) for row in queries.publications(connection))


def published_document(engine: Engine, asked: str) -> Document:
    """The document of a publication by its public id, or the last one of a period such as
    "2026-03". Raises NotFound."""
    with reading(engine) as connection:
        row = queries.by_public_id(connection, asked) or queries.newest(connection, asked)
    if row is None:
        raise NotFound("There is no such published report.", remedy="See: outreach reach published")
    return from_json(row.document)


def period_name(since: date | None) -> str:
    """What the period that begins on `since` is called among publications."""
    return f"{since:%Y-%m}" if since else TO_DATE


def _material(engine: Engine, clock: Clock, since: date | None, until: date | None) -> Material:
    found = report(engine, since=since, until=until)
    published = publish(found)
    with reading(engine) as connection:
        earlier = queries.newest_before(connection, period_name(since), _MONTHS) if since else []
        costs = published_costs(connection, found.costs, published.people, since, until)
    return Material(
        report=published,
        campaigns=by_campaign(engine, since, until),
        months=_months(earlier),
        as_of=clock.now(),
        last=found.last,
        draft=False,
        costs=costs,
        populations=populations.kept(engine),
        effects=published_effects(engine, since, until),
        grants=promised(engine, until),
    )


def _months(rows: Sequence[Row[Any]]) -> tuple[Month, ...]:
    """What earlier publications said of their months: from them, so that none contradicts."""
    found = []
    for row in rows:
        headline = from_json(row.document).section("headline")
        known = {name: headline.cell(name, "number") for name in TREND} if headline else {}
        cells = {name: cell for name, cell in known.items() if cell is not None}
        if len(cells) == len(TREND):
            anew = row.as_of if row.edition > 1 else None
            found.append(Month(date.fromisoformat(f"{row.period}-01"), cells, anew))
    return tuple(found)


def _figures(document: Document) -> dict[_Key, int | float | Kind]:
    """Every cell that is a figure or hidden."""
    return {
        key: cell.kind if cell.number is None else cell.number
        for key, _column, cell in _cells(document)
        if cell.kind is not Kind.WORDS
    }


def _cells(document: Document) -> Iterator[tuple[_Key, Column, Cell]]:
    for section in document.sections:
        for row in section.rows if section.key not in _ABOUT_OTHERS else ():
            for column, cell in zip(section.columns, row.cells, strict=True):
                yield (section.key, row.key, column.key), column, cell


def _require_apart(before: Document, after: Document) -> None:
    close = too_close(_counts(before), _counts(after))
    if close:
        raise Refused(
            f"{len(close)} figures differ from those published by fewer than 11, or were hidden: "
            "the two reports could be subtracted (S27). The published report stands.",
            remedy="Publish it anew when more has changed, or go on to the next month.",
        )


def _counts(document: Document) -> dict[_Key, int | None]:
    """Every count of people or things; one that is hidden is None."""
    return {
        key: int(cell.number) if cell.number is not None else None
        for key, column, cell in _cells(document)
        if cell.kind in (Kind.COUNT, Kind.HIDDEN) and not column.given
    }


def _publication(row: Any) -> Publication:
    return Publication(row.public_id, row.period, row.edition, row.rules, row.as_of, row.by)
