"""An adversary who has every published month adds and subtracts, and finds no small group (S27).

They know what each number means, so they know which combinations count a group of people whatever
the people are like: those that are never negative, for any person there could be. They are tried
over worlds at random; any linear combination at all is tried on the cells that are hidden.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from sqlalchemy import Engine

from outreach.planning.audience.queries import CAMPAIGNS
from outreach.reach import fold as folding
from outreach.reach.comparing import by_campaign
from outreach.reach.grants.model import Grant
from outreach.reach.grants.results import results
from outreach.reach.publish import publish
from outreach.reach.report import report
from outreach.reach.rules.publication import next_month
from outreach.reach.rules.suppression import SMALLEST, small
from outreach.store.engine import transaction
from outreach.store.ledger import Fact
from tests.reach.test_fold import memory, write
from tests.reach.test_grants import DATA

MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
MEASURES = ("reached", "called", "answered", "passed", "engaged", "listened")
VALUES = {"sex": ("female", "male"), "age_band": ("18-24", "25-34", "50+"), "province": "1 2 3 4"}
DIMENSIONS = (*VALUES, "channel")
# The campaigns' table, of fewer measures; the first campaign is the grant's.
CAMPAIGN = "campaign"
COMPARED = ("reached", "called", "answered", "listened")
SLUGS = {1: "safe", 2: "2"}
# A grant of the first campaign, whose one period is the three months together.
GRANT = "grant"
Name = tuple[date | str, str, str, str]  # month or GRANT, measure, dimension or "", value


@dataclass(frozen=True)
class Month:
    """What one person did in a month. `stage` of a call: none, called, answered, heard, listened;
    the SMS and the call may come in two provinces."""

    campaign: int
    sms: bool
    quiz: bool
    stage: int
    passed: bool
    engaged: bool
    sms_province: str
    call_province: str

    def did(self) -> Iterator[tuple[str, str, str]]:
        """Measure, channel and province of everything that counts."""
        call = ("voice", self.call_province)
        if self.sms:
            yield "reached", "sms", self.sms_province
        if self.quiz:
            yield "engaged", "sms", self.sms_province
        for least, measure in ((1, "called"), (2, "answered"), (3, "reached"), (4, "listened")):
            if self.stage >= least:
                yield measure, *call
        if self.stage >= 2 and self.passed:
            yield "passed", *call
            if self.engaged:
                yield "engaged", *call


@dataclass(frozen=True)
class Somebody:
    """A person there could be."""

    sex: str
    age_band: str
    months: tuple[Month, ...]

    def cells(self) -> set[Name]:
        """Every number in which this person counts: once each."""
        found: set[Name] = set()
        for month, what in zip(MONTHS, self.months, strict=True):
            for measure, channel, province in what.did():
                has = {"": "", "sex": self.sex, "age_band": self.age_band, "province": province}
                found |= {(month, measure, name, value) for name, value in has.items()}
                found.add((month, measure, "channel", channel))
                if measure in COMPARED:
                    found.add((month, measure, CAMPAIGN, SLUGS[what.campaign]))
                if what.campaign == 1:
                    found |= {(GRANT, measure, name, value) for name, value in has.items()}
        return found


def somebody(
    chance: random.Random, likely: Mapping[str, float], provinces: Sequence[str]
) -> Somebody:
    def month() -> Month:
        home = chance.choice(provinces)
        moved = chance.random() < likely["moves"]
        stages = ([4] * 6 + [3, 2]) if chance.random() < likely["listens"] else [1, 2, 2, 3]
        return Month(
            campaign=1 if chance.random() < likely["first"] else 2,
            sms=chance.random() < likely["sms"],
            quiz=chance.random() < likely["quiz"],
            stage=chance.choice(stages) if chance.random() < likely["call"] else 0,
            passed=chance.random() < likely["passes"],
            engaged=chance.random() < 0.7,
            sms_province=home,
            call_province=chance.choice(provinces) if moved else home,
        )

    return Somebody(
        sex=chance.choice(VALUES["sex"]),
        age_band=chance.choice(VALUES["age_band"]),
        months=tuple(month() for _ in MONTHS),
    )


def resting(people: list[Somebody], month: int | None) -> list[Somebody]:
    """The same people where the grant's campaign spoke to nobody in a month: two of three then sum
    up to the grant's period, and whoever follows the grant knows it."""
    if month is None:
        return people
    return [
        replace(
            who,
            months=tuple(
                replace(what, campaign=2) if number == month else what
                for number, what in enumerate(who.months)
            ),
        )
        for who in people
    ]


def world(chance: random.Random) -> list[Somebody]:
    """A town: some of its ways are common, others rare."""
    likely = {name: chance.choice((0.03, 0.5, 0.97)) for name in ("sms", "call", "listens")}
    likely |= {name: chance.choice((0.0, 0.05, 0.6)) for name in ("moves", "passes", "quiz")}
    likely["first"] = chance.choice((0.5, 0.98, 1.0))
    provinces = [p for p in "1234" for _ in range(chance.choice((1, 3, 12)))]
    return [somebody(chance, likely, provinces) for _ in range(chance.randrange(30, 260))]


def anybody(chance: random.Random) -> list[Somebody]:
    """People as there could be."""
    likely = dict.fromkeys(("sms", "call", "listens", "moves", "passes", "quiz", "first"), 0.5)
    return [somebody(chance, likely, "1234") for _ in range(500)]


def facts(people: Sequence[Somebody]) -> Iterator[Fact]:
    """What the pipeline would have written of these people."""
    for contact, who in enumerate(people, start=1):
        for number, (month, what) in enumerate(zip(MONTHS, who.months, strict=True)):
            at = datetime.combine(month, datetime.min.time(), UTC) + timedelta(days=10)
            base: dict[str, Any] = {"at": at, "contact_id": contact, "campaign_id": what.campaign}
            base |= {"sex": who.sex, "age_band": who.age_band}
            sms = base | {"channel": "sms", "province": what.sms_province}
            call = base | {"channel": "voice", "province": what.call_province}
            attempt = contact * 10 + number * 2
            if what.sms:
                yield Fact("attempt.delivered", detail="sent", attempt_id=attempt, **sms)
            if what.quiz:
                yield Fact("quiz.after", **sms)
            if what.stage >= 1:
                yield Fact("attempt.accepted", attempt_id=attempt + 1, **call)
            if what.stage >= 2:
                yield Fact("attempt.completed", attempt_id=attempt + 1, **call)
                heard = what.stage >= 3
                share = "listened" if what.stage == 4 else "partial"
                seconds = 20 if heard else 3
                yield Fact(
                    "call.heard", detail=share, amount=seconds, attempt_id=attempt + 1, **call
                )
                if what.passed:
                    yield Fact("call.passed", **call)
                    if what.engaged:
                        yield Fact("call.pressed", **call)
    yield Fact("delivery.suppressed", datetime(2026, 6, 1, tzinfo=UTC), detail="no_consent")


def published(engine: Engine) -> dict[Name, int | None]:
    """Every number of people in the months' publications, and in the grant's."""
    found: dict[Name, int | None] = {}
    for month in MONTHS:
        until = next_month(month) - timedelta(days=1)
        page = publish(report(engine, since=month, until=until))
        found |= {(month, name, "", ""): page.people[name] for name in MEASURES}
        for dimension in DIMENSIONS:
            for row in page.by[dimension]:
                for name in MEASURES:
                    found[month, name, dimension, row.value] = row.numbers[name]
        for campaign in by_campaign(engine, month, until):
            for name in COMPARED:
                found[month, name, CAMPAIGN, campaign.slug] = campaign.numbers[name]
    for measure, result in zip(MEASURES, results(engine, grant()), strict=True):
        (period,) = result.periods
        found[GRANT, measure, "", ""] = period.total
        found |= {(GRANT, measure, *cell): number for cell, number in period.cells.items()}
    return found


def grant() -> Grant:
    """What is promised of the first campaign, by everything that a grant may be broken down by."""
    given = YAML(typ="safe").load((DATA / "grant.yaml").read_text())
    (promised,) = given["indicators"]
    period = {"since": MONTHS[0], "until": next_month(MONTHS[-1]) - timedelta(days=1), "value": 1}
    promised |= {"targets": [period], "by": list(VALUES)}
    given["indicators"] = [promised | {"code": name, "measure": name} for name in MEASURES]
    return Grant.model_validate(given)


def fold(engine: Engine, people: Sequence[Somebody]) -> None:
    """Their facts, and the campaign that the grant names."""
    with transaction(engine) as connection:
        row = {"id": 1, "public_id": "c", "slug": "safe", "name_km": "c", "name_en": "c"}
        row |= {"digest": "", "loaded_at": datetime(2026, 1, 1, tzinfo=UTC)}
        connection.execute(CAMPAIGNS.insert().values(row | {"audience": {}, "retry": {}}))
    write(engine, list(facts(people)))
    folding.fold(engine)


class Attack:
    """Counts the combinations that it tried."""

    def __init__(
        self,
        people: Sequence[Somebody],
        known: Mapping[Name, int | None],
        seed: int,
        rests: int | None = None,
    ) -> None:
        everybody = [*people, *resting(anybody(random.Random(seed)), rests)]
        self._real = len(people)
        self._cells = [who.cells() for who in everybody]
        self.names = [name for name, number in known.items() if number]
        self._rows = np.array([self._row(name) for name in self.names], dtype=np.int16)
        self._rows = self._rows.reshape(len(self.names), len(everybody))
        self._sums = np.array([known[name] for name in self.names])
        self.hidden = [name for name, number in known.items() if number is None]
        self.tried = 0

    def _row(self, name: Name) -> list[int]:
        return [name in cells for cells in self._cells]

    def recount(self) -> None:
        """What is shown is exact: nobody is left out of it or in it twice."""
        assert (self._rows[:, : self._real].sum(axis=1) == self._sums).all()

    def combinations(self) -> Iterator[list[tuple[int, str]]]:
        """Sums and differences of two to four numbers that count a group of one to ten people."""
        everything = np.arange(len(self.names))
        yield from self._found(everything, pairs_only=True)
        for month in MONTHS:
            for dimension in (*DIMENSIONS, CAMPAIGN):
                near = [
                    i for i, name in enumerate(self.names)
                    if name[0] == month and name[2] in ("", dimension)
                ]  # fmt: skip
                yield from self._found(np.array(near, dtype=int), pairs_only=False)
        for measure in MEASURES:
            for dimension in (*VALUES, CAMPAIGN):
                near = [
                    i
                    for i, name in enumerate(self.names)
                    if name[1] == measure and name[2] in ("", dimension)
                ]
                yield from self._found(np.array(near, dtype=int), pairs_only=False)

    def _found(self, among: Any, *, pairs_only: bool) -> Iterator[list[tuple[int, str]]]:
        if len(among) < 2:
            return
        one, other = (part.ravel() for part in np.meshgrid(among, among))
        yield from self._small(np.stack([one, -other - 1], axis=1))
        if pairs_only:
            return
        chance = np.random.default_rng(1)
        for signs in ((1, 1, -1), (1, -1, -1), (1, 1, -1, -1), (1, -1, -1, -1), (1, 1, 1, -1)):
            picked = chance.choice(among, size=(30_000, len(signs)))
            yield from self._small(np.where(np.array(signs) > 0, picked, -picked - 1))

    def _small(self, terms: Any) -> Iterator[list[tuple[int, str]]]:
        """Of combinations (a row each; -n - 1 subtracts n), those that tell of a small group."""
        self.tried += len(terms)
        index, sign = np.where(terms < 0, -terms - 1, terms), np.where(terms < 0, -1, 1)
        sums = (self._sums[index] * sign).sum(axis=1)
        few = (sums > 0) & (sums < SMALLEST)
        for start in range(0, int(few.sum()), 20_000):
            i, s = index[few][start : start + 20_000], sign[few][start : start + 20_000]
            counted = np.zeros((len(i), self._rows.shape[1]), dtype=np.int16)
            for term in range(i.shape[1]):
                counted += self._rows[i[:, term]] * s[:, term : term + 1].astype(np.int16)
            for row in np.flatnonzero(counted.min(axis=1) >= 0):
                yield [(int(a), str(self.names[b])) for a, b in zip(s[row], i[row], strict=True)]

    def solvable(self) -> Iterator[Name]:
        """Hidden small cells that some linear combination, of any numbers and factors, equals."""
        for name in self.hidden:
            target = np.array(self._row(name), dtype=float)
            if not small(int(target[: self._real].sum())):
                continue
            near = [
                i for i, known in enumerate(self.names)
                if known[0] == name[0]
            ]  # fmt: skip
            if not near:
                continue
            self.tried += 1
            rows = self._rows[near].astype(float)
            solution = np.linalg.lstsq(rows.T, target, rcond=None)[0]
            if np.abs(rows.T @ solution - target).max() < 1e-6:
                yield name


@pytest.mark.parametrize(
    ("seed", "rests"),
    [(0, None), (1, None), (2, None), (5, None), (40, None), (82, None), (3, 0), (5, 1), (82, 2)],
)
def test_s27_no_combination_of_published_numbers_counts_a_small_group(
    seed: int, rests: int | None
) -> None:
    people = resting(world(random.Random(seed)), rests)
    with memory() as engine:
        fold(engine, people)
        attack = Attack(people, published(engine), seed, rests)
    attack.recount()
    assert list(attack.combinations()) == []
    assert list(attack.solvable()) == []


def test_s27_the_attack_finds_what_hiding_small_cells_alone_gives_away() -> None:
    tried = leaks = solved = 0
    for seed in range(10):
        people = world(random.Random(seed))
        names = {name for who in people for name in who.cells()}
        numbers = {name: sum(name in who.cells() for who in people) for name in names}
        naive = {name: None if small(number) else number for name, number in numbers.items()}
        attack = Attack(people, naive, seed)
        leaks += len(list(attack.combinations()))
        solved += len(list(attack.solvable()))
        tried += attack.tried
    assert tried > 100_000
    assert leaks > 100
    assert solved > 10


@pytest.mark.parametrize("seed", range(5))
def test_s27_no_subset_of_the_topics_leaves_a_small_number_of_help_texts(seed: int) -> None:
    chance = random.Random(seed)
    topics = {topic: chance.choice((0, 2, 9, 12, 40)) for topic in ("help", "debt", "job", "stop")}
    with memory() as engine:
        at = datetime(2026, 1, 10, tzinfo=UTC)
        for topic, number in topics.items():
            write(engine, [Fact("help.conversation", at, detail=topic) for _ in range(number)])
        write(engine, [Fact("delivery.suppressed", at + timedelta(days=90), detail="no_consent")])
        folding.fold(engine)
        page = publish(report(engine, since=MONTHS[0], until=date(2026, 1, 31)))
        (month,) = page.help or (None,)
    if month is None:
        assert sum(topics.values()) == 0
        return
    shown = {topic: number for topic, number in month.topics.items() if number is not None}
    assert all(not small(number) for number in shown.values())
    whole = month.conversations
    assert whole is None or whole == sum(topics.values())
    for size in range(len(shown) + 1):
        for chosen in combinations(shown.values(), size):
            assert whole is None or not small(whole - sum(chosen))
