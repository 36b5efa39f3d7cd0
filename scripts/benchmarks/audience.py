"""`audience`: counting an audience of four conditions (place, attribute, community, engagement) in
a register of a million, against a bare count of all contacts.

The register has a history: half of it was reached by a broadcast, some of them lately; one in ten
belongs to a community. The issue's target is a time, under one second for the million; the ratio
says how many bare counts it takes. A rule that no index helps is measured beside it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, func, select, text

from outreach.content.audience.rule import AllOf, Condition, Not, Rule
from outreach.kernel.sealing import new_keys, parse_keys
from outreach.planning.audience.queries import CONTACTS, meant
from outreach.store.engine import make_engine, reading, transaction
from scripts.benchmarks.databases import each_database, fill
from scripts.benchmarks.measure import Result, peak_mb

_CONTACTS, _ROUNDS, _SECONDS = 1_000_000, 5, 1.0
_NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
_FOUR: Rule = AllOf(
    (
        Condition("place", ("02", "0103", "1204", "17")),
        Condition("sex", ("female",)),
        Condition("community_kind", ("factory", "village")),
        Condition("not_reached_for", ("30",)),
    )
)
# No place narrows it down: everybody has to be looked at.
_WIDE: Rule = AllOf(
    (
        Condition("sex", ("female",)),
        Condition("age_band", ("18-24", "25-34")),
        Not(Condition("community_kind", ("factory",))),
        Condition("not_reached_for", ("30",)),
    )
)
_HISTORY = (
    "INSERT INTO community (public_id, kind, place, country, name_km, name_en, language, join_code,"
    " wording, created_at) SELECT 'cm_' || id, CASE id % 3 WHEN 0 THEN 'factory' WHEN 1 THEN"
    " 'village' ELSE 'port' END, '', 'KH', 'x', 'x', 'km', 'J' || id, '', :now"
    " FROM contact WHERE id <= 500",
    "INSERT INTO membership (community_id, contact_id, how, at)"
    " SELECT 1 + (id / 10) % 500, id, 'list', :now FROM contact WHERE id % 10 = 0",
    "INSERT INTO delivery (broadcast_id, campaign_id, contact_id, state, reason, channel, language,"
    " zone, due_at, expires_at, attempts, first_tried_at, updated_at)"
    " SELECT 1, 1, id, 'done', '', 'sms', 'km', 'Asia/Phnom_Penh', :old, :now, 1,"
    " CASE WHEN id % 3 = 0 THEN :late ELSE :old END, :now FROM contact WHERE id % 2 = 0",
    "INSERT INTO attempt (public_id, delivery_id, channel, state, sender, parts, body_digest,"
    " submitting_at, horizon_at, updated_at) SELECT 'at_' || id, id, channel,"
    " CASE WHEN id % 5 = 0 THEN 'failed' ELSE 'delivered' END, 's', 1, '', :old, :now, :now"
    " FROM delivery",
    "ANALYZE",
)


def run(scale: float) -> Iterator[Result]:
    """Both rules on both databases; the four conditions have a target in seconds."""
    number = int(_CONTACTS * scale)
    for database, url in each_database():
        engine = make_engine(url)
        fill(engine, parse_keys(new_keys(), "bench"), number)
        _remember(engine)
        yield _measured("four conditions", database, engine, number, _FOUR, _SECONDS)
        yield _measured("no place", database, engine, number, _WIDE, 0.0)
        engine.dispose()


def _remember(engine: Engine) -> None:
    moments = {"now": _NOW, "late": _NOW - timedelta(days=5), "old": _NOW - timedelta(days=80)}
    with transaction(engine) as connection:
        if engine.dialect.name == "sqlite":
            moments = {name: at.replace(tzinfo=None) for name, at in moments.items()}
        for statement in _HISTORY:
            named = {name: at for name, at in moments.items() if f":{name}" in statement}
            connection.execute(text(statement), named)


def _measured(
    name: str, database: str, engine: Engine, number: int, rule: Rule, most: float
) -> Result:
    ours = select(func.count()).select_from(CONTACTS).where(meant(rule, _NOW))
    bare = select(func.count()).select_from(CONTACTS)

    def timed(statement: object) -> float:
        with reading(engine) as connection:
            began = time.perf_counter()
            connection.execute(statement).scalar_one()
            return time.perf_counter() - began

    pairs = [(timed(ours), timed(bare)) for _ in range(_ROUNDS)]
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Result(
        name=f"audience, {name}, {number:,} contacts",
        database=database,
        ours=round(mine, 3),
        baseline=round(theirs, 3),
        ratio=round(theirs / mine, 3),
        unit="s",
        peak_mb=peak_mb(),
        target=most,
        ok=not most or mine < most,
    )
