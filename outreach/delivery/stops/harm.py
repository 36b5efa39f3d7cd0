"""Reports of harm that a message did: each stops what sent it until two people looked (S35).

A report says which campaign, or that it was an automatic answer, in words that name nobody; whose
conversation told of it is not kept, so that nothing leads there from a campaign (S19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.delivery.stops import queries
from outreach.delivery.stops.notices import tell
from outreach.kernel.clock import Clock
from outreach.kernel.errors import Conflict, NotFound
from outreach.kernel.ids import public_id
from outreach.kernel.reasons import kept
from outreach.store.engine import reading, transaction

LOOKS = 2


@dataclass(frozen=True)
class Look:
    """Somebody looked at a report, and what they found."""

    by: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Report:
    """A report and who looked at it so far."""

    id: str
    scope: str
    words: str
    by: str
    at: datetime
    looks: tuple[Look, ...]

    @property
    def settled(self) -> bool:
        """Whether enough people looked, so that a person may let it go on."""
        return len({seen.by.casefold() for seen in self.looks}) >= LOOKS


def add(connection: Connection, scopes: Sequence[str], words: str, by: str, at: datetime) -> None:
    """Keeps a report for each of `scopes` (kill switches, turned on by the caller), and tells who
    runs campaigns. Raises BadInput for words that are none."""
    said = kept(words)
    for scope in scopes:
        name = public_id("hr")
        queries.add_report(
            connection, {"public_id": name, "scope": scope, "words": said, "by": by, "at": at}
        )
        tell(connection, "harm", scope, f"Report {name}.", at)


def look(engine: Engine, clock: Clock, name: str, *, words: str, by: str) -> Report:
    """Notes that `by` looked at the report `name`, and what they found. Raises BadInput, NotFound,
    or Conflict where they did before: it takes two different people."""
    said = kept(words)
    with transaction(engine) as connection:
        row = queries.lock_report(connection, name)
        if row is None:
            raise NotFound("There is no such report.", remedy="See: outreach harm list")
        seen = {"report_id": row.id, "by": by, "words": said, "at": clock.now()}
        if not queries.add_look(connection, seen):
            raise Conflict(
                "You looked at this report before.", remedy="Another person has to look, too (S35)."
            )
        return _views(connection, [row])[0]


def listed(engine: Engine, *, every: bool = False) -> list[Report]:
    """Reports that still wait for somebody to look, oldest first; all of them if `every`."""
    with reading(engine) as connection:
        found = _views(connection, queries.reports(connection))
    return [report for report in found if every or not report.settled]


def unsettled(connection: Connection, scope: str) -> list[str]:
    """The reports on `scope` that too few people looked at."""
    rows = queries.reports(connection, scope)
    return [report.id for report in _views(connection, rows) if not report.settled]


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[Report]:
    looks: dict[int, list[Look]] = {row.id: [] for row in rows}
    for seen in queries.looks(connection, looks):
        looks[seen.report_id].append(Look(seen.by, seen.words, seen.at))
    return [
        Report(row.public_id, row.scope, row.words, row.by, row.at, tuple(looks[row.id]))
        for row in rows
    ]
