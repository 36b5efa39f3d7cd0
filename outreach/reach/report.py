"""The reach figures of a period, exact over any set of days: every one with its base and unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Engine, Row

from outreach.reach import queries
from outreach.reach.rules.milestones import CONSENTED, DIMENSIONS, LEFT, RULES
from outreach.store.engine import reading

_MICRO = Decimal(1_000_000)
_CURRENCY = "USD"
_ALL = ("all", "")
Cell = tuple[str, str]


@dataclass(frozen=True)
class ReachRow:
    """One value of a dimension. People: `registered` (live consent at the period's end), `reached`,
    `answered`, `listened`. Messages: `submitted`, `delivered`, `unknown`, `failed`."""

    value: str
    registered: int
    reached: int
    answered: int
    listened: int
    submitted: int
    delivered: int
    unknown: int
    failed: int


@dataclass(frozen=True)
class Report:
    """Figures over `since` to `until` (local days, both included; None: from the first, to the
    last). Units and bases are REACH.md's.

    SIMs, not persons, are counted: known second SIMs are not linked yet. People: registered,
    reached, called, answered, listened, opted_out. Messages: submitted, delivered, unknown, failed,
    exposures, parts. Calls: answered_calls, listened_calls. A period's `unknown` and `failed` are
    net of those that a late receipt corrected in it. `by` has a table per dimension; a person in
    two cells counts in both, and the totals are distinct.
    """

    rules: str
    since: date | None
    until: date | None
    registered: int
    reached: int
    called: int
    answered: int
    listened: int
    opted_out: int
    submitted: int
    delivered: int
    unknown: int
    failed: int
    exposures: int
    answered_calls: int
    listened_calls: int
    conversations: int
    callbacks: int
    topics: Mapping[str, int]
    suppressed: Mapping[str, int]
    parts: int
    cost: Decimal
    currency: str
    by: Mapping[str, tuple[ReachRow, ...]]

    @property
    def delivered_rate(self) -> float | None:
        """Receipts *delivered* / messages submitted; unknown ones are never counted in."""
        sms = self._row("channel", "sms")
        return sms.delivered / sms.submitted if sms and sms.submitted else None

    @property
    def answered_rate(self) -> float | None:
        """Contacts who answered / contacts called."""
        return self.answered / self.called if self.called else None

    @property
    def frequency(self) -> float | None:
        """Exposures / people reached."""
        return self.exposures / self.reached if self.reached else None

    @property
    def opt_out_rate(self) -> float | None:
        """People who said STOP / people reached."""
        return self.opted_out / self.reached if self.reached else None

    @property
    def listened_rate(self) -> float | None:
        """Calls with 75 % or more of the audio played / calls answered."""
        return self.listened_calls / self.answered_calls if self.answered_calls else None

    def _row(self, dimension: str, value: str) -> ReachRow | None:
        return next((row for row in self.by[dimension] if row.value == value), None)


def report(
    engine: Engine,
    *,
    campaign_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Report:
    """The figures as far as the ledger is folded, from one snapshot.

    Consent belongs to no campaign: `registered` and `opted_out` are the whole register's.
    """
    with reading(engine) as connection:
        sums = _sums(queries.sums(connection, campaign_id, since, until))
        people = _people(queries.bitmaps(connection, campaign_id, since, until))
        people |= _opted_out(queries.bitmaps(connection, None, since, until))
        registered = _registered(queries.bitmaps(connection, None, None, until))
        apart = _sums(queries.sums(connection, None, since, until))

    def number(milestone: str, cell: Cell = _ALL) -> int:
        return sums.get((milestone, cell), 0)

    def persons(milestone: str, cell: Cell = _ALL) -> int:
        return len(people.get((milestone, cell), ()))

    return Report(
        rules=RULES,
        since=since,
        until=until,
        registered=len(registered.get(_ALL, ())),
        reached=persons("reached"),
        called=persons("submitted", ("channel", "voice")),
        answered=persons("answered"),
        listened=persons("listened"),
        opted_out=persons("opted_out"),
        submitted=number("submitted"),
        delivered=number("delivered"),
        unknown=number("unknown"),
        failed=number("failed") + number("errored"),
        exposures=number("exposures"),
        answered_calls=number("answered"),
        listened_calls=number("listened"),
        conversations=apart.get(("help.conversation", _ALL), 0),
        callbacks=apart.get(("help.callback", _ALL), 0),
        topics=_named(apart, "help.conversation", "topic"),
        suppressed={
            key[0].removeprefix("suppressed:"): n
            for key, n in sums.items()
            if key[0].startswith("suppressed:")
        },
        parts=number("parts"),
        cost=number("cost") / _MICRO,
        currency=_CURRENCY,
        by={name: _table(name, sums, people, registered) for name in DIMENSIONS},
    )


def _table(
    dimension: str,
    sums: Mapping[tuple[str, Cell], int],
    people: Mapping[tuple[str, Cell], BitMap],
    registered: Mapping[Cell, BitMap],
) -> tuple[ReachRow, ...]:
    cells = {cell for _, cell in (*sums, *people) if cell[0] == dimension}
    cells |= {cell for cell in registered if cell[0] == dimension and cell[1]}

    def row(cell: Cell) -> ReachRow:
        return ReachRow(
            value=cell[1],
            registered=len(registered.get(cell, ())),
            reached=len(people.get(("reached", cell), ())),
            answered=len(people.get(("answered", cell), ())),
            listened=len(people.get(("listened", cell), ())),
            submitted=sums.get(("submitted", cell), 0),
            delivered=sums.get(("delivered", cell), 0),
            unknown=sums.get(("unknown", cell), 0),
            failed=sums.get(("failed", cell), 0) + sums.get(("errored", cell), 0),
        )

    return tuple(row(cell) for cell in sorted(cells) if cell[1])


def _sums(rows: Sequence[Any]) -> dict[tuple[str, Cell], int]:
    return {(row.milestone, (row.dimension, row.value)): int(row.number) for row in rows}


def _named(sums: Mapping[tuple[str, Cell], int], milestone: str, dimension: str) -> dict[str, int]:
    return {
        cell[1]: n for (name, cell), n in sums.items() if name == milestone and cell[0] == dimension
    }


def _people(rows: Sequence[Row[Any]]) -> dict[tuple[str, Cell], BitMap]:
    found: dict[tuple[str, Cell], BitMap] = defaultdict(BitMap)
    for row in rows:
        found[row.milestone, (row.dimension, row.value)] |= BitMap.deserialize(row.contacts)
    return dict(found)


def _opted_out(rows: Sequence[Row[Any]]) -> dict[tuple[str, Cell], BitMap]:
    return _people([row for row in rows if row.milestone == "opted_out"])


def _registered(rows: Sequence[Row[Any]]) -> dict[Cell, BitMap]:
    """Who has live consent after the last of the days, by cell. Whoever left, left every cell."""
    days: dict[date, dict[tuple[str, Cell], BitMap]] = defaultdict(dict)
    for row in rows:
        if row.milestone in (CONSENTED, LEFT):
            cell = (row.dimension, row.value)
            days[row.day][row.milestone, cell] = BitMap.deserialize(row.contacts)
    cells: dict[Cell, BitMap] = defaultdict(BitMap)
    for day in sorted(days):
        left = days[day].get((LEFT, _ALL), BitMap())
        stayed = days[day].get((CONSENTED, _ALL), BitMap())
        for cell in cells:
            cells[cell] = cells[cell] - left
        for (milestone, cell), contacts in days[day].items():
            if milestone == CONSENTED:
                cells[cell] |= contacts & stayed
    return dict(cells)
