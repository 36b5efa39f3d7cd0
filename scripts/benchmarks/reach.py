"""`reach`: folding and rebuilding the ledger, and distinct people by province and sex.

A year of facts over 200 campaigns, each over three days: 10,000,000 of them. The targets are for
that size; at a smaller scale counting gets cheaper and joining does not. COUNT(DISTINCT) answers
the same question from the same database; the answers are compared each time. Memory is the most
that the whole process has held, filling the ledger included.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from outreach.kernel.errors import OutreachError
from outreach.reach import fold as folding
from outreach.reach.breakdown import breakdown
from outreach.store.bulk import add_rows
from outreach.store.engine import make_engine, reading, transaction
from outreach.store.ledger import LEDGER, Fact
from scripts.benchmarks.databases import each_database
from scripts.benchmarks.measure import Result, at_most, compare, peak_mb

_FACTS, _CAMPAIGNS, _DAYS, _CHUNK, _ROUNDS = 10_000_000, 200, 3, 20_000, 3
_START = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)
_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_BY = ("province", "sex")
_SEXES = ("female", "male", "not_asked")
_FACTS_PER_SECOND = 5_000
_TARGET = 50.0
_QUESTION_MS, _MOST_MB = 150.0, 500.0
_REBUILT = 10_000_000 / 600  # facts a second: all of them in ten minutes
_LOCAL_DAY = {
    "sqlite": "date(at, '+7 hours')",
    "postgresql": "(at AT TIME ZONE 'Asia/Phnom_Penh')::date",
}
_QUESTION = """
    SELECT province, sex, count(DISTINCT contact_id)
    FROM ledger_fact
    WHERE (kind = 'attempt.delivered' OR kind = 'call.heard' AND amount >= 10)
      AND {day} BETWEEN '2026-01-01' AND '2026-12-31'
    GROUP BY province, sex
    """
_Answer = dict[tuple[str, str], int]


class _Bench:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seconds: list[float] = []
        self._answer: _Answer = {}

    def ours(self) -> float:
        """Questions per second, from the folded sets."""
        began = time.perf_counter()
        found = breakdown(self.engine, _BY, measures=["reached"], since=_YEAR[0], until=_YEAR[1])
        self.seconds.append(time.perf_counter() - began)
        self._answer = {
            (cell.values["province"], cell.values["sex"]): cell.people["reached"]
            for cell in found.cells
        }
        return 1 / self.seconds[-1]

    def baseline(self) -> float:
        """Questions per second, from the ledger; refuses an answer that is not ours."""
        question = text(_QUESTION.format(day=_LOCAL_DAY[self.engine.dialect.name]))
        began = time.perf_counter()
        with reading(self.engine) as connection:
            rows = connection.execute(question).all()
        seconds = time.perf_counter() - began
        if {(province, sex): number for province, sex, number in rows} != self._answer:
            raise OutreachError("The two sides count different people.")
        return 1 / seconds

    def fold(self) -> float:
        """Facts per second into the folded sets."""
        began = time.perf_counter()
        return folding.fold(self.engine) / (time.perf_counter() - began)

    def rebuild(self) -> float:
        """The same for the whole ledger anew."""
        began = time.perf_counter()
        return folding.rebuild(self.engine) / (time.perf_counter() - began)


def run(scale: float) -> Iterator[Result]:
    """On each database: `baseline` of folding and rebuilding is the rate that is asked of them."""
    for database, url in each_database():
        engine = make_engine(url)
        _fill(engine, int(_FACTS * scale))
        bench = _Bench(engine)
        rates = (("fold", bench.fold, _FACTS_PER_SECOND), ("rebuild", bench.rebuild, _REBUILT))
        for name, ours, least in rates:
            yield compare(
                f"reach.{name}",
                database,
                ours,
                lambda least=least: least,
                rounds=1,
                unit="facts/s",
                target=1.0,
            )
        yield at_most("reach.memory", database, peak_mb(), _MOST_MB, "MB")
        yield compare(
            "reach.unique",
            database,
            bench.ours,
            bench.baseline,
            rounds=_ROUNDS,
            unit="questions/s",
            target=_TARGET,
        )
        worst = max(bench.seconds) * 1_000
        yield at_most("reach.question", database, worst, _QUESTION_MS, "ms")
        engine.dispose()


def _fill(engine: Engine, size: int) -> None:
    chance = random.Random(1)
    contacts = max(100, size // 10)
    attempts = range(size // 2)
    names = [name for name in asdict(Fact("", _START)) if name != "at"]
    # As the database's driver writes a moment: rows go past SQLAlchemy.
    zone = "+00" if engine.dialect.name == "postgresql" else ""

    def moment(at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M:%S.%f}{zone}"

    for start in range(0, len(attempts), _CHUNK):
        rows = (
            (moment(fact.at), *(getattr(fact, name) for name in names))
            for attempt in attempts[start : start + _CHUNK]
            for fact in _attempt(chance, attempt, chance.randrange(contacts), len(attempts))
        )
        with transaction(engine) as connection:
            add_rows(connection, LEDGER, ["at", *names], rows, {})
    with transaction(engine) as connection:
        connection.execute(text("ANALYZE"))


def _attempt(chance: random.Random, attempt: int, contact: int, attempts: int) -> list[Fact]:
    """Two facts: one attempt accepted, and what came of it."""
    campaign = attempt * _CAMPAIGNS // attempts
    day = campaign * 364 // _CAMPAIGNS + chance.randrange(_DAYS) - 1
    at = _START + timedelta(days=max(0, day), seconds=chance.randrange(30_000))
    voice = contact % 5 == 0
    base: dict[str, Any] = {
        "contact_id": contact + 1,
        "campaign_id": campaign + 1,
        "attempt_id": attempt + 1,
        "channel": "voice" if voice else "sms",
        "province": f"{contact % 25 + 1:02}",
        "sex": _SEXES[contact % 3],
        "language": "km",
    }
    taken = Fact("attempt.accepted", at, amount=0 if voice else 2, **base)
    if voice:
        seconds = chance.randrange(40)
        share = "listened" if seconds >= 30 else "partial"
        return [taken, Fact("call.heard", at, detail=share, amount=seconds, **base)]
    after = "attempt.delivered" if chance.random() < 0.9 else "attempt.unknown"
    return [taken, Fact(after, at, detail="submitted", **base)]
