"""Takes in the gateway's reports: stored once each, in any order, however late or often."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection, Engine

from outreach.delivery.lane import Lane, of_attempt
from outreach.delivery.moves import queries as batch
from outreach.delivery.outcomes import of_report
from outreach.delivery.progress import News, apply
from outreach.gateways.ports import Report
from outreach.kernel.clock import Clock
from outreach.store.engine import transaction

log = structlog.get_logger(__name__)


def record(
    engine: Engine, clock: Clock, lanes: Sequence[Lane], reports: Sequence[Report]
) -> list[bool]:
    """Stores `reports` in one transaction and moves their attempts on.

    Returns for each whether its attempt is ours; an unknown one is calmly passed over.
    """
    known: list[bool] = []
    by_lane: dict[str, list[Report]] = {}
    for report in reports:
        lane = of_attempt(lanes, report.attempt or "")
        if lane:
            by_lane.setdefault(lane.name, []).append(report)
    ours: set[str] = set()
    with transaction(engine) as connection:
        for lane in lanes:
            if lane.name in by_lane:
                ours |= _record_in(connection, clock, lane, by_lane[lane.name])
    known = [(report.attempt or "") in ours for report in reports]
    if not all(known):
        log.info("receipts of unknown attempts passed over", count=known.count(False))
    return known


def _record_in(
    connection: Connection, clock: Clock, lane: Lane, reports: Sequence[Report]
) -> set[str]:
    now = clock.now()
    ids = batch.attempt_ids(connection, lane, {r.attempt for r in reports if r.attempt})
    news: list[News] = []
    rows = []
    for report in reports:
        attempt_id = ids.get(report.attempt or "")
        if attempt_id is None:
            continue
        item = of_report(attempt_id, report)
        news.append(item)
        rows.append(
            {
                "attempt_id": attempt_id,
                "state": item.state,
                "error_code": item.error_code,
                "at": now,
            }
        )
    if news:
        batch.add_receipts(connection, lane, rows)
        apply(connection, lane, news, now)
    return set(ids)
