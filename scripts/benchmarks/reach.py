"""`reach`: rebuilding and folding the ledger, and distinct people by their attributes.

A year of 10,000,000 deliveries, two facts each, to 2,000,000 people: 180 campaigns of three days
one after the other, and 20 that run all the year. 19,500,000 facts are rebuilt, and 500,000 more
are folded onto them. One person in fifty moves to another province during the year, and is asked
for their sex then if nobody had. The targets are for that size; at a smaller scale counting gets
cheaper and joining does not.

COUNT(DISTINCT) answers each question first, from the same database, and the answers are compared.
Then a process of its own asks ours: `first` is its first question, with nothing in its caches,
`question` the worst of those after it. Memory is that of the process that rebuilt or folded. The
whole takes more than half an hour and 10 GB; COUNT(DISTINCT) and rebuilding are most of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from typing import Any, TypeVar

from sqlalchemy import Engine, text

from outreach.kernel.errors import OutreachError
from outreach.reach import fold as folding
from outreach.reach.breakdown import breakdown
from outreach.store.engine import make_engine, reading, transaction
from scripts.benchmarks.databases import each_database
from scripts.benchmarks.measure import Result, at_most, compare, peak_mb

_FACTS, _FOLDED, _PIECE, _ROUNDS = 20_000_000, 500_000, 250_000, 5
_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_RAGGED = (date(2026, 1, 15), date(2026, 12, 17))
_FACTS_PER_SECOND = 5_000
_TARGET = 50.0
_QUESTION_MS, _MOST_MB = 150.0, 500.0
_REBUILT = 10_000_000 / 600  # facts a second: 10,000,000 in ten minutes
_LOCAL_DAY = {
    "sqlite": "date(at, '+7 hours')",
    "postgresql": "(at AT TIME ZONE 'Asia/Phnom_Penh')::date",
}
_QUESTION = """
    SELECT {by}, count(DISTINCT contact_id)
    FROM ledger_fact
    WHERE (kind = 'attempt.delivered' OR kind = 'call.heard' AND amount >= 10)
      AND {day} BETWEEN :since AND :until AND campaign_id BETWEEN :first AND :last
    GROUP BY {by}
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
# From 8 to 20 o'clock there: campaigns of three days one after the other, and beside them every
# tenth message is of one that runs all the year; one contact in fifty lives in another province
# from some day on.
_FILL = """
    WITH RECURSIVE series(attempt) AS (
        SELECT CAST(:start AS bigint)
        UNION ALL SELECT attempt + 1 FROM series WHERE attempt + 1 < :stop
    ), drawn AS (
        SELECT attempt,
            attempt * 2654435761 % 4294967296 / 16 % :contacts AS contact,
            3600 + attempt * 69069 / 32 % 43200 AS second,
            attempt * 40503 / 256 AS draw
        FROM series
    ), planned AS (
        SELECT *,
            CASE WHEN draw % 10 = 0 THEN 180 + draw / 10 % 20 ELSE attempt * 180 / :attempts END
            AS campaign
        FROM drawn
    ), placed AS (
        SELECT *, contact % 5 = 0 AS voice,
            CASE WHEN campaign < 180 THEN campaign * 362 / 180 + draw % 3
                ELSE attempt * 365 / :attempts END AS day
        FROM planned
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
_Answer = dict[tuple[str, ...], int]
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Question:
    """Who was reached in a period by some campaigns, the first to the last of them."""

    name: str
    by: Sequence[str] = ("province", "sex")
    period: tuple[date, date] = _YEAR
    campaigns: tuple[int, int] = (1, 200)


@dataclass(frozen=True)
class _Told:
    """What came of it: an answer, and how long each time took."""

    seconds: Sequence[float]
    bitmaps: int
    answer: _Answer


_QUESTIONS = (
    _Question("year"),
    _Question("all_but_one", campaigns=(2, 200)),
    _Question("ragged", period=_RAGGED),
    _Question("all_year_campaigns", campaigns=(181, 200)),
    _Question("by_three", by=("province", "age_band", "sex")),
)


def run(scale: float) -> Iterator[Result]:
    """On each database: `baseline` of folding and rebuilding is the rate that is asked of them."""
    for database, url in each_database():
        facts, last = int(_FACTS * scale), int((_FACTS - _FOLDED) * scale)
        steps = (
            ("rebuild", folding.rebuild, _REBUILT, (0, last)),
            ("fold", folding.fold, _FACTS_PER_SECOND, (last, facts)),
        )
        for name, work, least, (start, stop) in steps:
            _fill(url, start, stop, facts)
            rate, megabytes = _alone(_worked, url, work)
            yield _compared(f"reach.{name}", database, rate, least, "facts/s", 1.0)
            yield at_most(f"reach.{name}.memory", database, megabytes, _MOST_MB, "MB")
        for question in _QUESTIONS:
            yield from _compare(database, url, question)


def _compare(database: str, url: str, question: _Question) -> Iterator[Result]:
    name = f"reach.{question.name}"
    counted = _counted(url, question)
    told = _alone(_asked, url, question)
    if counted.answer != told.answer:
        raise OutreachError("The two sides count different people.")
    first, *later = told.seconds
    ours, baseline = 1 / max(later), 1 / counted.seconds[0]
    yield _compared(name, database, ours, baseline, "questions/s", _TARGET)
    unit = f"ms, {told.bitmaps} bitmaps joined"
    yield at_most(f"{name}.question", database, max(later) * 1_000, _QUESTION_MS, unit)
    yield at_most(f"{name}.first", database, first * 1_000, _QUESTION_MS, unit)


def _compared(
    name: str, database: str, ours: float, baseline: float, unit: str, target: float
) -> Result:
    return compare(
        name, database, lambda: ours, lambda: baseline, rounds=1, unit=unit, target=target
    )


def _alone(work: Callable[..., _T], *given: Any) -> _T:
    """Works in a process of its own, which nothing has filled or warmed before."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def _worked(url: str, work: Callable[[Engine], int]) -> tuple[float, float]:
    """Facts per second, and the most memory that it took, in MB."""
    engine = make_engine(url)
    began = time.perf_counter()
    facts = work(engine)
    return facts / (time.perf_counter() - began), peak_mb()


def _asked(url: str, question: _Question) -> _Told:
    """From the folded sets, some times."""
    engine = make_engine(url)
    (since, until), (first, last) = question.period, question.campaigns
    chosen = None if question.campaigns == (1, 200) else range(first, last + 1)
    seconds: list[float] = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        found = breakdown(
            engine,
            question.by,
            measures=["reached"],
            campaign_ids=chosen,
            since=since,
            until=until,
        )
        seconds.append(time.perf_counter() - began)
    answer = {
        tuple(cell.values[name] for name in question.by): cell.people["reached"]
        for cell in found.cells
    }
    return _Told(seconds, found.bitmaps, answer)


def _counted(url: str, question: _Question) -> _Told:
    """From the ledger, once."""
    engine = make_engine(url)
    day, by = _LOCAL_DAY[engine.dialect.name], ", ".join(question.by)
    (since, until), (first, last) = question.period, question.campaigns
    given = {"since": since.isoformat(), "until": until.isoformat(), "first": first, "last": last}
    began = time.perf_counter()
    with reading(engine) as connection:
        rows = connection.execute(text(_QUESTION.format(day=day, by=by)), given).all()
    seconds = time.perf_counter() - began
    engine.dispose()
    return _Told([seconds], 0, {tuple(values): number for *values, number in rows})


def _fill(url: str, begin: int, end: int, size: int) -> None:
    """Adds the facts from `begin` to `end` of `size`, the same on both databases: two of each
    attempt, accepted and what came of it. The database makes them: no row passes through Python."""
    engine = make_engine(url)
    statement = text(_FILL.format(moment=_MOMENT[engine.dialect.name], **_ATTRIBUTES))
    given = {"attempts": size // 2, "contacts": max(100, size // 10)}
    for start in range(begin // 2, end // 2, _PIECE):
        stop = min(start + _PIECE, end // 2)
        with transaction(engine) as connection:
            connection.execute(statement, given | {"start": start, "stop": stop})
    with transaction(engine) as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
