"""`reach`: folding the ledger, and distinct people by province and sex, against COUNT(DISTINCT).

A year of facts over 200 campaigns, each over three days: 10,000,000 of them, which takes some eight
minutes. The target is for that size; at a smaller scale counting gets cheaper and joining does not.
Both sides answer the same question from the same SQLite file, and their answers are compared each
time.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from outreach.bootstrap import migrate
from outreach.kernel.errors import OutreachError
from outreach.reach import fold as folding
from outreach.reach.breakdown import breakdown
from outreach.settings import load_settings
from outreach.store.engine import reading, transaction
from outreach.store.ledger import Fact, append
from scripts.benchmarks.measure import Result, compare

_FACTS, _CAMPAIGNS, _DAYS, _CHUNK, _ROUNDS = 10_000_000, 200, 3, 20_000, 3
_START = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)
_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_BY = ("province", "sex")
_SEXES = ("female", "male", "not_asked")
_FACTS_PER_SECOND = 5_000
_TARGET = 50.0
_QUESTION = text(
    """
    SELECT province, sex, count(DISTINCT contact_id)
    FROM ledger_fact
    WHERE (kind = 'attempt.delivered' OR kind = 'call.heard' AND amount >= 10)
      AND date(at, '+7 hours') BETWEEN '2026-01-01' AND '2026-12-31'
    GROUP BY province, sex
    """
)
_Answer = dict[tuple[str, str], int]


class _Bench:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._answer: _Answer = {}

    def ours(self) -> float:
        """Questions per second, from the folded sets."""
        began = time.perf_counter()
        found = breakdown(self.engine, _BY, measures=["reached"], since=_YEAR[0], until=_YEAR[1])
        seconds = time.perf_counter() - began
        self._answer = {
            (cell.values["province"], cell.values["sex"]): cell.people["reached"]
            for cell in found.cells
        }
        return 1 / seconds

    def baseline(self) -> float:
        """Questions per second, from the ledger; refuses an answer that is not ours."""
        began = time.perf_counter()
        with reading(self.engine) as connection:
            rows = connection.execute(_QUESTION).all()
        seconds = time.perf_counter() - began
        if {(province, sex): number for province, sex, number in rows} != self._answer:
            raise OutreachError("The two sides count different people.")
        return 1 / seconds

    def fold(self) -> float:
        """Facts per second into the folded sets."""
        began = time.perf_counter()
        return folding.fold(self.engine) / (time.perf_counter() - began)


def run(scale: float) -> Iterator[Result]:
    """Two measurements on SQLite; `baseline` of the first is the rate that folding must keep."""
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        engine = migrate(load_settings(database_url=f"sqlite:///{Path(folder) / 'reach.sqlite'}"))
        _fill(engine, int(_FACTS * scale))
        bench = _Bench(engine)
        yield compare(
            "reach.fold",
            "sqlite",
            bench.fold,
            lambda: _FACTS_PER_SECOND,
            rounds=1,
            unit="facts/s",
            target=1.0,
        )
        yield compare(
            "reach.unique",
            "sqlite",
            bench.ours,
            bench.baseline,
            rounds=_ROUNDS,
            unit="questions/s",
            target=_TARGET,
        )
        engine.dispose()


def _fill(engine: Engine, size: int) -> None:
    chance = random.Random(1)
    contacts = max(100, size // 10)
    attempts = range(size // 2)
    for start in range(0, len(attempts), _CHUNK):
        facts: list[Fact] = []
        for attempt in attempts[start : start + _CHUNK]:
            facts += _attempt(chance, attempt, chance.randrange(contacts), len(attempts))
        with transaction(engine) as connection:
            append(connection, facts)


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
