"""`reach`: rebuilding and folding the ledger, and distinct people by province and sex.

A year of 200 campaigns, each over three days: 10,000,000 facts are rebuilt, and 500,000 more are
folded onto them. One person in fifty moves to another province during the year, and is asked for
their sex then if nobody had. The targets are for that size; at a smaller scale counting gets
cheaper and joining does not. Two questions are asked: of the whole year and all campaigns, and of
all campaigns but one from the middle of a month to the middle of another. COUNT(DISTINCT) answers
the same from the same database; the answers are compared each time. Memory is the most that the
whole process has held, filling the ledger included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from sqlalchemy import Engine, text

from outreach.kernel.errors import OutreachError
from outreach.reach import fold as folding
from outreach.reach.breakdown import breakdown
from outreach.store.engine import make_engine, reading, transaction
from scripts.benchmarks.databases import each_database
from scripts.benchmarks.measure import Result, at_most, compare, peak_mb

_FACTS, _PIECE, _ROUNDS = 10_000_000, 250_000, 3
_FOLDED = 0.05  # of as many facts again
_CAMPAIGNS = 200
_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_RAGGED = (date(2026, 1, 12), date(2026, 12, 17))
_BY = ("province", "sex")
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
      AND {day} BETWEEN :since AND :until AND campaign_id <= :campaigns
    GROUP BY province, sex
    """


def _one_of(number: str, values: Sequence[str]) -> str:
    whens = " ".join(f"WHEN {n} THEN '{value}'" for n, value in enumerate(values))
    return f"CASE ({number}) % {len(values)} {whens} END"


# Draws that look random and are the same on both databases.
_ATTRIBUTES = {
    "province": _one_of("contact / 5 + moved", [f"{n:02}" for n in range(1, 26)]),
    "sex": _one_of(
        "contact / 125 + moved * (contact / 125 % 3 / 2)", ("female", "male", "not_asked")
    ),
    "age_band": _one_of("contact / 7", ("under 18", "18-24", "25-34", "35-49", "50+")),
    "audience": _one_of("contact / 11", ("aspirant", "current", "returnee", "family")),
    "destination": _one_of("contact / 13", ("TH", "MY", "KR", "not_asked")),
    "language": _one_of("contact / 17", ("km", "km", "km", "vi")),
}
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', at, 'unixepoch')",
    "postgresql": "to_timestamp(at)",
}
# 200 campaigns of three days, from 8 to 20 o'clock there; one contact in fifty lives in another
# province from some day on.
_FILL = """
    WITH RECURSIVE series(attempt) AS (
        SELECT CAST(:start AS bigint)
        UNION ALL SELECT attempt + 1 FROM series WHERE attempt + 1 < :stop
    ), drawn AS (
        SELECT attempt,
            attempt * 2654435761 % 4294967296 / 16 % :contacts AS contact,
            attempt * 200 / :attempts AS campaign,
            3600 + attempt * 69069 / 32 % 43200 AS second,
            attempt * 40503 / 256 AS draw
        FROM series
    ), placed AS (
        SELECT *, campaign * 362 / 200 + draw % 3 AS day, contact % 5 = 0 AS voice FROM drawn
    ), told AS (
        SELECT *,
            1767225600 + day * 86400 + second AS at,
            CASE WHEN contact % 50 = 7 AND day > contact / 50 % 362 THEN 1 ELSE 0 END AS moved,
            draw / 3 % 100 AS outcome
        FROM placed CROSS JOIN (SELECT 0 AS step UNION ALL SELECT 1) AS steps
    )
    INSERT INTO ledger_fact (
        kind, at, contact_id, campaign_id, attempt_id, channel, province, sex, age_band, audience,
        destination, language, detail, amount, cost_micro, currency
    ) SELECT
        CASE WHEN step = 0 THEN 'attempt.accepted' WHEN voice THEN 'call.heard'
            WHEN outcome < 90 THEN 'attempt.delivered' ELSE 'attempt.unknown' END,
        {moment}, contact + 1, campaign + 1, attempt + 1,
        CASE WHEN voice THEN 'voice' ELSE 'sms' END,
        {province}, {sex}, {age_band}, {audience}, {destination}, {language},
        CASE WHEN step = 0 THEN '' WHEN NOT voice THEN 'submitted'
            WHEN outcome % 40 >= 30 THEN 'listened' ELSE 'partial' END,
        CASE WHEN voice THEN outcome % 40 * step ELSE 2 * (1 - step) END, 0, ''
    FROM told ORDER BY attempt, step
    """
_Answer = dict[tuple[str, str], int]


class _Question:
    """Who was reached by province and sex in a period by the first `campaigns`, asked both ways."""

    def __init__(self, engine: Engine, period: tuple[date, date], campaigns: int) -> None:
        self.engine = engine
        self.period = period
        self.campaigns = campaigns
        self.seconds: list[float] = []
        self.bitmaps = 0
        self._answer: _Answer = {}

    def ours(self) -> float:
        """Questions per second, from the folded sets."""
        since, until = self.period
        chosen = None if self.campaigns == _CAMPAIGNS else range(1, self.campaigns + 1)
        began = time.perf_counter()
        found = breakdown(
            self.engine, _BY, measures=["reached"], campaign_ids=chosen, since=since, until=until
        )
        self.seconds.append(time.perf_counter() - began)
        self.bitmaps = found.bitmaps
        self._answer = {
            (cell.values["province"], cell.values["sex"]): cell.people["reached"]
            for cell in found.cells
        }
        return 1 / self.seconds[-1]

    def baseline(self) -> float:
        """Questions per second, from the ledger; refuses an answer that is not ours."""
        question = text(_QUESTION.format(day=_LOCAL_DAY[self.engine.dialect.name]))
        since, until = (day.isoformat() for day in self.period)
        given = {"since": since, "until": until, "campaigns": self.campaigns}
        began = time.perf_counter()
        with reading(self.engine) as connection:
            rows = connection.execute(question, given).all()
        seconds = time.perf_counter() - began
        if {(province, sex): number for province, sex, number in rows} != self._answer:
            raise OutreachError("The two sides count different people.")
        return 1 / seconds


def _rate(work: Callable[[Engine], int], engine: Engine) -> float:
    """Facts per second."""
    began = time.perf_counter()
    return work(engine) / (time.perf_counter() - began)


def run(scale: float) -> Iterator[Result]:
    """On each database: `baseline` of folding and rebuilding is the rate that is asked of them."""
    for database, url in each_database():
        engine = make_engine(url)
        rebuilt, folded = int(_FACTS * scale), int(_FACTS * _FOLDED * scale)
        rates = (
            ("rebuild", folding.rebuild, _REBUILT, (0, rebuilt)),
            ("fold", folding.fold, _FACTS_PER_SECOND, (rebuilt, rebuilt + folded)),
        )
        for name, work, least, (start, stop) in rates:
            _fill(engine, start, stop, rebuilt + folded)
            yield compare(
                f"reach.{name}",
                database,
                partial(_rate, work, engine),
                lambda least=least: least,
                rounds=1,
                unit="facts/s",
                target=1.0,
            )
        yield at_most("reach.memory", database, peak_mb(), _MOST_MB, "MB")
        year = _Question(engine, _YEAR, _CAMPAIGNS)
        # A server that has just started answers its first question later than the others.
        year.ours()
        year.seconds.clear()
        yield from _ask(database, "", year, _ROUNDS)
        yield from _ask(database, ".ragged", _Question(engine, _RAGGED, _CAMPAIGNS - 1), 1)
        engine.dispose()


def _ask(database: str, name: str, asked: _Question, rounds: int) -> Iterator[Result]:
    yield compare(
        f"reach.unique{name}",
        database,
        asked.ours,
        asked.baseline,
        rounds=rounds,
        unit="questions/s",
        target=_TARGET,
    )
    unit = f"ms, {asked.bitmaps} bitmaps joined"
    worst = max(asked.seconds) * 1_000
    yield at_most(f"reach.question{name}", database, worst, _QUESTION_MS, unit)


def _fill(engine: Engine, begin: int, end: int, size: int) -> None:
    """Adds the facts from `begin` to `end` of `size`, the same on both databases: two of each
    attempt, accepted and what came of it. The database makes them: no row passes through Python."""
    statement = text(_FILL.format(moment=_MOMENT[engine.dialect.name], **_ATTRIBUTES))
    given = {"attempts": size // 2, "contacts": max(100, size // 10)}
    for start in range(begin // 2, end // 2, _PIECE):
        stop = min(start + _PIECE, end // 2)
        with transaction(engine) as connection:
            connection.execute(statement, given | {"start": start, "stop": stop})
    with transaction(engine) as connection:
        connection.execute(text("ANALYZE"))
