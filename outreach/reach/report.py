"""The reach figures of a period, exact over any set of days: every one with its base and unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

from outreach.reach.figures import Figures, read
from outreach.reach.helping import HelpMonth
from outreach.reach.rules.definitions import DEFINITIONS, NOTES, Definition
from outreach.reach.rules.metrics import cost_per, rate
from outreach.reach.rules.milestones import (
    ANSWERED_CALLS,
    DIMENSIONS,
    FAILED,
    MEASURED_CALLS,
    RULES,
    SMS_SUBMITTED,
    UNKNOWN,
)
from outreach.store.engine import reading

_PEOPLE = (
    "reached", "heard", "called", "answered", "passed", "engaged", "listened", "opted_out"
)  # fmt: skip
# What a report without any cost is in.
_CURRENCY = "USD"


@dataclass(frozen=True)
class ReachRow:
    """One value of a dimension. People: `registered` (live consent at the period's end), `reached`,
    `called`, `answered`, `passed`, `engaged`, `listened`. Messages: `submitted`, `delivered`,
    `unknown`, `failed`."""

    value: str
    registered: int
    reached: int
    called: int
    answered: int
    passed: int
    engaged: int
    listened: int
    submitted: int
    delivered: int
    unknown: int
    failed: int


@dataclass(frozen=True)
class Report:
    """Figures over `since` to `until` (local days, both included; None: from the first, to the
    last), as far as `last`, the newest day of which anything is known.

    `definitions` has the unit, base and meaning of each, `notes` what holds for all. `by` has a
    table per dimension. `help` has whole months only, with small numbers hidden (S27). `costs` are
    by currency; `cost` is the largest of them, in `currency`. `sms` are those accepted in the
    period, `sms_arrived` those of them delivered by its end. `registered_ends` is the register
    after each month until the period's end in which it changed.
    """

    rules: str
    campaign_id: int | None
    since: date | None
    until: date | None
    last: date | None
    registered: int
    registered_ends: tuple[int, ...]
    reached: int
    heard: int
    called: int
    answered: int
    passed: int
    engaged: int
    listened: int
    opted_out: int
    submitted: int
    delivered: int
    unknown: int
    failed: int
    exposures: int
    answered_calls: int
    measured_calls: int
    listened_calls: int
    sms: int
    sms_arrived: int
    suppressed: Mapping[str, int]
    help: tuple[HelpMonth, ...]
    parts: int
    cost: Decimal
    currency: str
    costs: Mapping[str, Decimal]
    by: Mapping[str, tuple[ReachRow, ...]]
    definitions: Mapping[str, Definition]
    notes: tuple[str, ...]

    @property
    def delivered_rate(self) -> float | None:
        """SMS of the period delivered by its end / SMS of the period; unknown ones are not in."""
        return rate(self.sms_arrived, self.sms)

    @property
    def answered_rate(self) -> float | None:
        """Contacts who answered / contacts called."""
        return rate(self.answered, self.called)

    @property
    def frequency(self) -> float | None:
        """Exposures / people reached."""
        return rate(self.exposures, self.reached)

    @property
    def opt_out_rate(self) -> float | None:
        """People who said STOP / people reached."""
        return rate(self.opted_out, self.reached)

    @property
    def listened_rate(self) -> float | None:
        """Calls with 75 % or more of the audio played / calls answered; None where nothing was
        answered, or the gateway told of no call how long it was heard: not measured."""
        return rate(self.listened_calls, self.answered_calls) if self.measured_calls else None

    @property
    def cost_per_reached(self) -> Decimal | None:
        """`cost` / people reached."""
        return cost_per(self.cost, self.reached)

    @property
    def cost_per_listened(self) -> Decimal | None:
        """`cost` / people who listened."""
        return cost_per(self.cost, self.listened)

    @property
    def cost_per_referral(self) -> Decimal | None:
        """`cost` / referrals acknowledged in the months of `help`; None where one is hidden."""
        acknowledged = [month.referrals.get("acknowledged", 0) for month in self.help]
        whole = sum(number for number in acknowledged if number is not None)
        return None if None in acknowledged else cost_per(self.cost, whole)


def report(
    engine: Engine,
    *,
    campaign_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Report:
    """The figures as far as the ledger is folded, from one snapshot.

    Consent and help belong to no campaign: these figures are everybody's.
    """
    with reading(engine) as connection:
        found = read(connection, campaign_id, since, until)
    return report_from(found, campaign_id, since, until)


def report_from(
    found: Figures, campaign_id: int | None, since: date | None, until: date | None
) -> Report:
    """The report that `found`, read of this campaign and period, makes."""
    costs = found.costs()
    currency = max(costs, key=lambda name: costs[name], default=_CURRENCY)
    return Report(
        rules=RULES,
        campaign_id=campaign_id,
        since=since,
        until=until,
        last=found.last,
        registered=found.registered(),
        registered_ends=found.registered_ends(),
        **{name: found.people(name) for name in _PEOPLE},
        submitted=found.number("submitted"),
        delivered=found.number("delivered"),
        unknown=found.standing(UNKNOWN),
        failed=found.standing(FAILED),
        exposures=found.number("exposures"),
        answered_calls=found.tries(ANSWERED_CALLS),
        measured_calls=found.tries(MEASURED_CALLS),
        listened_calls=found.number("listened"),
        sms=found.tries(SMS_SUBMITTED),
        sms_arrived=found.sms_arrived(),
        suppressed=found.named("suppressed:"),
        help=found.help,
        parts=found.number("parts"),
        cost=costs.get(currency, Decimal(0)),
        currency=currency,
        costs=costs,
        by={name: _table(found, name) for name in DIMENSIONS},
        definitions=DEFINITIONS,
        notes=NOTES,
    )


def _table(found: Figures, dimension: str) -> tuple[ReachRow, ...]:
    return tuple(_row(found, dimension, value) for value in found.values(dimension))


def _row(found: Figures, dimension: str, value: str) -> ReachRow:
    cell = (dimension, value)
    return ReachRow(
        value=value,
        registered=found.registered(cell),
        reached=found.people("reached", cell),
        called=found.people("called", cell),
        answered=found.people("answered", cell),
        passed=found.people("passed", cell),
        engaged=found.people("engaged", cell),
        listened=found.people("listened", cell),
        submitted=found.number("submitted", cell),
        delivered=found.number("delivered", cell),
        unknown=found.standing(UNKNOWN, cell),
        failed=found.standing(FAILED, cell),
    )
