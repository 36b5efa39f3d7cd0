"""What is folded of a period, read in one snapshot, and the numbers that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from pyroaring import BitMap
from sqlalchemy import Connection

from outreach.reach import persons, queries
from outreach.reach.chunk import ALL, NO_CAMPAIGN
from outreach.reach.crowds import Crowd, in_full, together
from outreach.reach.growing import Cell
from outreach.reach.helping import HelpMonth, by_month
from outreach.reach.homes.queries import homes
from outreach.reach.persons import Persons
from outreach.reach.registered import Register, register
from outreach.reach.rules.milestones import (
    ANSWERED_CALLS,
    CONSENTED,
    FAILED,
    LEFT,
    MEASURED_CALLS,
    NO_LONGER_FAILED,
    NO_LONGER_UNKNOWN,
    SMS_DELIVERED,
    SMS_SUBMITTED,
    UNKNOWN,
    from_home,
)
from outreach.reach.rules.stretches import in_days, in_months
from outreach.reach.spans import crowds

_MICRO = Decimal(1_000_000)
_PEOPLE = ("reached", "heard", "called", "answered", "listened", "passed", "engaged")
_TRIES = (
    UNKNOWN,
    NO_LONGER_UNKNOWN,
    FAILED,
    NO_LONGER_FAILED,
    SMS_SUBMITTED,
    SMS_DELIVERED,
    ANSWERED_CALLS,
    MEASURED_CALLS,
)
_TAKEN_BACK = {UNKNOWN: NO_LONGER_UNKNOWN, FAILED: NO_LONGER_FAILED}
_EMPTY = BitMap()


@dataclass(frozen=True)
class Figures:
    """Sums and sets of one period. `last` is the newest day of which anything is known."""

    last: date | None
    help: tuple[HelpMonth, ...]
    _sums: Mapping[tuple[str, Cell], int]
    _sets: Mapping[tuple[str, Cell], BitMap]
    _register: Register
    _persons: Persons

    def number(self, milestone: str, cell: Cell = ALL) -> int:
        """A sum of things."""
        return self._sums.get((milestone, cell), 0)

    def people(self, milestone: str, cell: Cell = ALL) -> int:
        """Distinct persons that came to `milestone`: contacts, known second numbers once."""
        return self._persons.count(self._sets.get((milestone, cell), _EMPTY))

    def tries(self, milestone: str) -> int:
        """Distinct attempts that came to `milestone`."""
        return len(self._sets.get((milestone, ALL), _EMPTY))

    def registered(self, cell: Cell = ALL) -> int:
        """Contacts with live consent at the period's end."""
        return len(self._register.cells.get(cell, _EMPTY))

    def registered_ends(self) -> tuple[int, ...]:
        """The same in all after each month until then in which anything changed."""
        return self._register.ends

    def standing(self, milestone: str, cell: Cell = ALL) -> int:
        """Attempts that came to UNKNOWN or FAILED in the period and are there still at its end."""
        came = self._sets.get((milestone, cell), _EMPTY)
        return len(came - self._sets.get((_TAKEN_BACK[milestone], ALL), _EMPTY))

    def sms_arrived(self) -> int:
        """SMS accepted in the period and delivered by its end."""
        accepted = self._sets.get((SMS_SUBMITTED, ALL), _EMPTY)
        return len(accepted & self._sets.get((SMS_DELIVERED, ALL), _EMPTY))

    def named(self, prefix: str) -> dict[str, int]:
        """The sums of all milestones that begin with `prefix`, by what follows it."""
        return {
            milestone.removeprefix(prefix): number
            for (milestone, _), number in sorted(self._sums.items())
            if milestone.startswith(prefix)
        }

    def costs(self) -> dict[str, Decimal]:
        """Money spent, by currency."""
        return {currency: n / _MICRO for currency, n in self.named("cost:").items()}

    def values(self, dimension: str) -> list[str]:
        """Every value of a dimension that anything is known of, in order."""
        cells = {cell for _, cell in (*self._sums, *self._sets)} | set(self._register.cells)
        return sorted(value for name, value in cells if name == dimension and value)


def read(
    connection: Connection, campaign_id: int | None, since: date | None, until: date | None
) -> Figures:
    """The figures of a period. Consent and help belong to no campaign: they are everybody's."""
    campaigns = None if campaign_id is None else (campaign_id,)
    last = queries.last_day(connection)
    rows = queries.bitmaps(connection, (*_PEOPLE, *_TRIES), campaigns, in_months(since, until))
    left = queries.bitmaps(connection, ("opted_out",), (NO_CAMPAIGN,), in_months(since, until))
    consents = queries.bitmaps(connection, (CONSENTED, LEFT), (NO_CAMPAIGN,), in_days(None, until))
    return Figures(
        last=last,
        help=by_month(queries.help_sums(connection), since, until, last),
        _sums={
            (row.milestone, (row.dimension, row.value)): int(row.number)
            for row in queries.sums(connection, campaigns, since, until)
        },
        _sets=_sets(chain(rows, left), together(homes(connection))),
        _register=register(consents),
        _persons=persons.read(connection, until),
    )


def _sets(rows: Iterable[queries.Sets], homes: Crowd) -> dict[tuple[str, Cell], BitMap]:
    """All sets of each milestone, in full."""
    parts: dict[str, list[Crowd]] = defaultdict(list)
    for key, crowd in crowds(rows).items():
        parts[key.milestone].append(crowd)
    found: dict[tuple[str, Cell], BitMap] = {}
    for milestone, mine in parts.items():
        whole = together(mine)
        if from_home(milestone):
            whole |= in_full(whole, homes, homes)
        for dimension, sets in whole.items():
            found |= {(milestone, (dimension, value)): who for value, who in sets.items()}
    return found
