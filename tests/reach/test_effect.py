"""What is said of arms is what their numbers bear, and no more."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sqlalchemy import Engine

from outreach.planning.audience.queries import CAMPAIGNS, DELIVERIES
from outreach.reach.effects.measuring import HOLD_OUT, ArmResult, Effect, effect
from outreach.reach.effects.publishing import PublishedEffect, published_effects
from outreach.reach.rules.effect import (
    LEAST_PUBLISHED,
    Points,
    Verdict,
    change,
    compare,
    cost_per_extra,
    in_points,
    share,
)
from outreach.reach.rules.suppression import SMALLEST
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append
from tests.reach.history import START


def deliver(engine: Engine, arms: Mapping[int, str]) -> None:
    """A delivery of campaign 1 to each contact, in its arm."""
    row = {"state": "done", "channel": "sms", "due_at": START, "language": "km", "campaign_id": 1}
    row |= {"expires_at": START + timedelta(days=1), "updated_at": START, "broadcast_id": 1}
    with transaction(engine) as connection:
        for contact, arm in arms.items():
            values = row | {"contact_id": contact, "arm": arm}
            connection.execute(DELIVERIES.insert().values(values))


def quiz(contact: int, when: str, right: int) -> Fact:
    return Fact(f"quiz.{when}", START, contact_id=contact, campaign_id=1, amount=right)


def town(engine: Engine, knowing: Mapping[str, tuple[int, int]]) -> Effect:
    """So many of so many in each arm know it afterwards; all but the hold-out were reached."""
    facts: list[Fact] = []
    arms: dict[int, str] = {}
    for arm, (know, people) in knowing.items():
        for position in range(people):
            contact = len(arms) + 1
            arms[contact] = arm
            facts.append(quiz(contact, "after", 2 if position < know else 1))
            if arm != HOLD_OUT:
                sent: dict[str, Any] = {"contact_id": contact, "campaign_id": 1, "channel": "sms"}
                paid = {"cost_micro": 35_000, "currency": "USD", "amount": 1}
                facts.append(Fact("attempt.accepted", START, attempt_id=contact, **sent, **paid))
                facts.append(Fact("attempt.delivered", START, attempt_id=contact, **sent))
    deliver(engine, arms)
    with transaction(engine) as connection:
        append(connection, facts)
    return effect(engine, 1)


def arm_of(found: Effect, name: str) -> ArmResult:
    return next(arm for arm in found.arms if arm.arm == name)


def test_an_arm_is_compared_with_the_hold_out(database: Engine) -> None:
    found = town(database, {"story": (60, 100), HOLD_OUT: (40, 100)})
    story, held = arm_of(found, "story"), arm_of(found, HOLD_OUT)
    assert (found.reference, held.versus) == (HOLD_OUT, {})
    knows = story.versus["knows"]
    assert (knows.verdict, knows.difference) == (Verdict.HIGHER, pytest.approx(0.2))
    assert 0 < (knows.low or 0) < 0.2 < (knows.high or 0)
    assert (story.shares["reached"].part, held.shares["reached"].part) == (100, 0)
    # 100 messages at 0.035 for 20 more of 100 who know.
    assert story.costs == {"USD": Decimal("3.5")}
    assert story.cost_per_extra == {"USD": Decimal("0.1750")}


def test_newcombes_interval_is_that_of_his_paper() -> None:
    # Newcombe 1998, table II: 56/70 and 48/80, method 10.
    found = compare(share(56, 70), share(48, 80))
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)


def test_a_share_has_wilsons_interval() -> None:
    found, ours = binomtest(12, 60).proportion_ci(0.95, method="wilson"), share(12, 60)
    assert (ours.low, ours.high) == (found.low, found.high)
    assert share(0, 0).value is None


@pytest.mark.parametrize(
    ("knowing", "verdict"),
    [
        ({"a": (29, 29), HOLD_OUT: (0, 100)}, Verdict.TOO_FEW),
        ({"a": (52, 100), HOLD_OUT: (50, 100)}, Verdict.NO_DIFFERENCE_SHOWN),
        ({"a": (30, 100), HOLD_OUT: (60, 100)}, Verdict.LOWER),
    ],
)
def test_words_claim_no_more_than_the_numbers(
    database: Engine, knowing: Mapping[str, tuple[int, int]], verdict: Verdict
) -> None:
    found = arm_of(town(database, knowing), "a").versus["knows"]
    assert found.verdict is verdict
    assert (found.difference is None) == (verdict is Verdict.TOO_FEW)
    assert not {"caused", "proves", "because", "reduced"} & set(found.says.lower().split())


def test_without_arms_nothing_is_compared(database: Engine) -> None:
    found = town(database, {"": (60, 100)})
    assert (found.reference, found.arms) == ("", ())
    assert found.verdict.startswith("Not comparable")
    assert effect(database, 2).arms == ()


def test_who_is_in_two_arms_is_in_no_comparison(database: Engine) -> None:
    deliver(database, {1: "a", 2: "b", 3: "a"})
    row = {"state": "done", "channel": "sms", "due_at": START, "language": "km", "campaign_id": 1}
    row |= {
        "expires_at": START,
        "updated_at": START,
        "broadcast_id": 2,
        "contact_id": 3,
        "arm": "b",
    }
    with transaction(database) as connection:
        connection.execute(DELIVERIES.insert().values(row))
    found = effect(database, 1)
    assert found.in_two_arms == 1
    assert [(arm.arm, arm.people) for arm in found.arms] == [("a", 1), ("b", 1)]


def test_a_fall_between_before_and_after_is_flagged(database: Engine) -> None:
    facts = []
    for contact in range(1, 61):
        before, after = (2, 0) if contact <= 20 else (0, 2) if contact <= 24 else (2, 2)
        facts += [quiz(contact, "before", before), quiz(contact, "after", after)]
    facts.append(quiz(99, "before", 2))  # did not answer again: in no pair
    with transaction(database) as connection:
        append(connection, facts)
    found = effect(database, 1)
    assert (found.quiz.both, found.quiz.gained, found.quiz.lost) == (60, 4, 20)
    assert (found.quiz.knew_before, found.quiz.knew_after) == (56, 40)
    assert found.quiz.contrast.verdict is Verdict.LOWER
    assert found.quiz.backfire
    assert len(found.alarms) == 1


@pytest.mark.parametrize(
    ("gained", "lost", "verdict", "backfire"),
    [
        (0, 0, Verdict.NO_DIFFERENCE_SHOWN, False),
        (3, 4, Verdict.NO_DIFFERENCE_SHOWN, True),
        (30, 5, Verdict.HIGHER, False),
        (5, 30, Verdict.LOWER, True),
    ],
)
def test_any_fall_is_flagged_even_one_that_may_be_chance(
    gained: int, lost: int, verdict: Verdict, backfire: bool
) -> None:
    found = change(100, knew_before=50, gained=gained, lost=lost)
    assert (found.contrast.verdict, found.backfire) == (verdict, backfire)


def test_no_more_who_know_no_cost_of_one_more() -> None:
    same = compare(share(50, 100), share(50, 100))
    assert cost_per_extra(Decimal(100), 100, same) is None


def published(engine: Engine) -> list[PublishedEffect]:
    with transaction(engine) as connection:
        row = {"id": 1, "public_id": "c", "slug": "safe", "name_km": "c", "name_en": "c"}
        row |= {"digest": "", "loaded_at": START, "audience": {}, "retry": {}}
        connection.execute(CAMPAIGNS.insert().values(row))
    return list(published_effects(engine, date(2026, 3, 1), date(2026, 3, 31)))


def test_a_difference_leaves_in_whole_points_of_the_period(database: Engine) -> None:
    town(database, {"story": (120, 200), HOLD_OUT: (80, 200)})
    late = START + timedelta(days=40)
    with transaction(database) as connection:
        append(connection, [replace(quiz(n, "after", 0), at=late) for n in range(1, 201)])
    (found,) = published(database)
    assert (found.slug, found.arm, found.reference) == ("safe", "story", HOLD_OUT)
    assert found.points == Points(20, 10, 29)
    assert (found.verdict, found.backfire) == (Verdict.HIGHER, False)
    assert published_effects(database, date(2026, 5, 1), date(2026, 5, 31)) == ()


@pytest.mark.parametrize(
    "knowing",
    [
        {"a": (60, 99), HOLD_OUT: (80, 200)},
        {"a": (10, 200), HOLD_OUT: (80, 200)},
        {"a": (60, 200), HOLD_OUT: (195, 200)},
    ],
)
def test_s27_a_difference_of_few_leaves_without_numbers(
    database: Engine, knowing: Mapping[str, tuple[int, int]]
) -> None:
    town(database, knowing)
    (found,) = published(database)
    assert found.points is None
    assert found.verdict in (Verdict.HIGHER, Verdict.LOWER)


def test_without_a_quiz_nothing_of_arms_leaves(database: Engine) -> None:
    deliver(database, {1: "a", 2: HOLD_OUT})
    assert published(database) == []


def test_a_published_fall_is_flagged(database: Engine) -> None:
    facts = []
    for contact in range(1, 161):
        before, after = (2, 0) if contact <= 60 else (0, 2) if contact <= 80 else (contact % 3, 2)
        after = before if contact > 80 else after
        facts += [quiz(contact, "before", before), quiz(contact, "after", after)]
    with transaction(database) as connection:
        append(connection, facts)
    (found,) = published(database)
    assert (found.arm, found.backfire, found.verdict) == ("", True, Verdict.LOWER)
    assert found.points is not None
    assert found.points.difference == -25


def newcombe(k: Any, n: Any, j: Any, m: Any) -> Any:
    """Difference and interval in points, of many possibilities at once."""
    z = 1.959963984540054

    def wilson(part: Any, base: Any) -> tuple[Any, Any]:
        p, d = part / base, 1 + z * z / base
        middle, half = p + z * z / (2 * base), z * np.sqrt(p * (1 - p) / base + (z / base / 2) ** 2)
        return (middle - half) / d, (middle + half) / d

    (p, q), (lp, hp), (lq, hq) = (k / n, j / m), wilson(k, n), wilson(j, m)
    low = p - q - np.sqrt((p - lp) ** 2 + (hq - q) ** 2)
    high = p - q + np.sqrt((hp - p) ** 2 + (q - lq) ** 2)
    return np.stack([np.round(100 * n) for n in (p - q, low, high)])


@pytest.mark.parametrize("seed", range(6))
def test_s27_no_group_behind_published_points_can_be_worked_out(seed: int) -> None:
    chance = random.Random(seed)
    n, m = chance.randrange(LEAST_PUBLISHED, 300), chance.randrange(LEAST_PUBLISHED, 300)
    k, j = chance.randrange(11, n - 10), chance.randrange(11, m - 10)
    shown = in_points(compare(share(k, n), share(j, m)), [k, n - k, j, m - j], [n, m])
    assert shown is not None
    # What an adversary who knows the formula finds: every four numbers that would look the same.
    ns = np.arange(LEAST_PUBLISHED, 480, 12)
    a, b, q = np.meshgrid(ns, ns, np.linspace(0.02, 0.98, 97), indexing="ij")
    right = np.round(q * b)
    left = np.clip(np.round((right / b + k / n - j / m) * a), 0, a)
    same = ([shown.difference, shown.low, shown.high] == newcombe(left, a, right, b).T).all(-1).T
    for possible in (a, b, a + b, left, a - left, right, b - right, left + right):
        assert possible[same].max() - possible[same].min() >= SMALLEST
