"""What became of each arm of a campaign, beside the arm that it is compared with.

People are SIMs here: a SIM is what was assigned to an arm. Who answers a quiz may differ from who
does not, and between arms; nothing here corrects for that, and it is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from outreach.reach.chunk import begin_of, end_of
from outreach.reach.effects import queries
from outreach.reach.rules.effect import (
    BACKFIRE,
    CONFIDENCE,
    Change,
    Contrast,
    Share,
    Verdict,
    change,
    compare,
    cost_per_extra,
    nothing,
    share,
)
from outreach.reach.rules.milestones import RULES
from outreach.store.engine import reading

# Nothing is sent to who is in this arm.
HOLD_OUT = "holdout"
_OUTCOMES = ("reached", "listened", "opted_out")
_MICRO = Decimal(1_000_000)
NOTES = (
    "An arm is compared as it was assigned, whether its messages arrived or not.",
    "knows is: both questions right, of those who answered the quiz afterwards. Who answers may "
    "differ between arms; that is not corrected for.",
    "Before and after alone is no proof: what else happened meanwhile changed too.",
    "cost is of messages at planning prices (airtime), not all-in; it is per person more who knows "
    "among those who answered.",
)


@dataclass(frozen=True)
class ArmResult:
    """One arm: shares of its `people` by outcome (`knows`: of who answered the quiz afterwards),
    each less the reference's. `versus` is empty for the reference, or where there is none."""

    arm: str
    people: int
    shares: Mapping[str, Share]
    versus: Mapping[str, Contrast]
    before_and_after: Change
    costs: Mapping[str, Decimal]
    cost_per_extra: Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Effect:
    """`reference` is the arm that the others are compared with, "" where there are no two. `quiz`
    is everybody who answered, in an arm or not. `alarms` name what has to be looked at."""

    campaign_id: int
    rules: str
    since: date | None
    until: date | None
    confidence: float
    reference: str
    in_two_arms: int
    verdict: str
    arms: Sequence[ArmResult]
    quiz: Change
    alarms: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True)
class _Known:
    people: Mapping[str, int]
    outcomes: Mapping[str, Mapping[str, int]]
    costs: Mapping[str, Mapping[str, Decimal]]
    quiz: Mapping[str, Mapping[tuple[int | None, int | None], int]]
    crossed: int


def effect(
    engine: Engine, campaign_id: int, *, since: date | None = None, until: date | None = None
) -> Effect:
    """Compares the arms of a campaign, read from one snapshot of ledger and deliveries."""
    known = _read(engine, campaign_id, since, until)
    arms = sorted(known.people)
    reference = "" if len(arms) < 2 else HOLD_OUT if HOLD_OUT in arms else arms[0]
    shares = {arm: _shares(known, arm) for arm in arms}
    everybody: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for answers in known.quiz.values():
        for knew, number in answers.items():
            everybody[knew] += number
    results = tuple(_result(known, arm, shares, reference) for arm in arms)
    quiz = _change(everybody)
    fallen = [
        f"arm {found.arm}: {BACKFIRE}" for found in results if found.before_and_after.backfire
    ]
    return Effect(
        campaign_id=campaign_id,
        rules=RULES,
        since=since,
        until=until,
        confidence=CONFIDENCE,
        reference=reference,
        in_two_arms=known.crossed,
        verdict="" if reference else nothing(Verdict.NOT_COMPARABLE).says,
        arms=results,
        quiz=quiz,
        alarms=(*([BACKFIRE] if quiz.backfire else []), *fallen),
        notes=NOTES,
    )


def _read(engine: Engine, campaign_id: int, since: date | None, until: date | None) -> _Known:
    asked = (campaign_id, begin_of(since), end_of(until))
    with reading(engine) as connection:
        people = {row.arm: row.people for row in queries.assigned(connection, campaign_id)}
        outcomes = {row.arm: row._asdict() for row in queries.outcomes(connection, *asked)}
        costs: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for row in queries.costs(connection, *asked):
            costs[row.arm][row.currency] = Decimal(int(row.micro)) / _MICRO
        quiz: dict[str, dict[Any, int]] = defaultdict(dict)
        for row in queries.quiz(connection, *asked):
            quiz[row.arm][row.before, row.after] = row.people
        crossed = queries.in_two_arms(connection, campaign_id)
    return _Known(people, outcomes, costs, quiz, crossed)


def _shares(known: _Known, arm: str) -> dict[str, Share]:
    found = known.outcomes.get(arm, {})
    shares = {name: share(found.get(name, 0), known.people[arm]) for name in _OUTCOMES}
    after = [(knew[1], number) for knew, number in known.quiz.get(arm, {}).items()]
    asked = sum(number for knows, number in after if knows is not None)
    return shares | {"knows": share(sum(number for knows, number in after if knows), asked)}


def _result(
    known: _Known, arm: str, shares: Mapping[str, Mapping[str, Share]], reference: str
) -> ArmResult:
    mine, costs = shares[arm], known.costs.get(arm, {})
    compared = bool(reference) and arm != reference
    versus = {name: compare(mine[name], shares[reference][name]) for name in mine if compared}
    extra = {
        currency: cost_per_extra(cost, mine["knows"].base, versus["knows"])
        for currency, cost in costs.items()
        if compared
    }
    return ArmResult(
        arm=arm,
        people=known.people[arm],
        shares=mine,
        versus=versus,
        before_and_after=_change(known.quiz.get(arm, {})),
        costs=costs,
        cost_per_extra=extra,
    )


def _change(answers: Mapping[tuple[int | None, int | None], int]) -> Change:
    """Of those who answered before and after."""
    gained, lost = answers.get((0, 1), 0), answers.get((1, 0), 0)
    stayed = answers.get((1, 1), 0)
    both = gained + lost + stayed + answers.get((0, 0), 0)
    return change(both, knew_before=stayed + lost, gained=gained, lost=lost)
