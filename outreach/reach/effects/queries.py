"""The SQL of comparing arms; nothing here commits.

An arm is a column of the delivery, set when it is planned. Whoever is in two arms of a campaign is
in no comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, and_, case, func, or_, select

from outreach.planning.audience.queries import DELIVERIES
from outreach.reach.rules.milestones import HEARD_SECONDS
from outreach.store.ledger import LEDGER

# Both questions of the quiz right.
_KNOWS = 2


def assigned(connection: Connection, campaign_id: int) -> Sequence[Any]:
    """How many contacts each arm has."""
    arms = _arms(campaign_id)
    query = select(arms.c.arm, func.count().label("people")).group_by(arms.c.arm)
    return connection.execute(query.order_by(arms.c.arm)).all()


def in_two_arms(connection: Connection, campaign_id: int) -> int:
    """How many contacts are in more than one arm."""
    d = DELIVERIES.c
    crossed = (
        select(d.contact_id)
        .where(d.campaign_id == campaign_id, d.arm != "")
        .group_by(d.contact_id)
        .having(func.min(d.arm) != func.max(d.arm))
        .subquery()
    )
    return int(connection.execute(select(func.count()).select_from(crossed)).scalar_one())


def outcomes(
    connection: Connection, campaign_id: int, begin: datetime | None, end: datetime | None
) -> Sequence[Any]:
    """By arm, the contacts who were reached, listened, said STOP."""
    arms, f = _arms(campaign_id), LEDGER.c
    reached = or_(
        f.kind == "attempt.delivered", and_(f.kind == "call.heard", f.amount >= HEARD_SECONDS)
    )
    ours = f.campaign_id == campaign_id
    counted = {
        "reached": and_(ours, reached),
        "listened": and_(ours, f.kind == "call.heard", f.detail == "listened"),
        "opted_out": and_(f.kind == "consent", f.detail == "opted_out"),
    }
    numbers = [
        func.count(func.distinct(case((happened, f.contact_id)))).label(name)
        for name, happened in counted.items()
    ]
    query = (
        select(arms.c.arm, *numbers)
        .join(LEDGER, f.contact_id == arms.c.contact_id)
        .where(or_(ours, f.kind == "consent"), _within(begin, end))
    )
    return connection.execute(query.group_by(arms.c.arm)).all()


def costs(
    connection: Connection, campaign_id: int, begin: datetime | None, end: datetime | None
) -> Sequence[Any]:
    """By arm and currency, what the messages cost, in millionths."""
    arms, f = _arms(campaign_id), LEDGER.c
    query = (
        select(arms.c.arm, f.currency, func.sum(f.cost_micro).label("micro"))
        .join(LEDGER, f.contact_id == arms.c.contact_id)
        .where(f.campaign_id == campaign_id, f.cost_micro != 0, _within(begin, end))
    )
    return connection.execute(query.group_by(arms.c.arm, f.currency)).all()


def quiz(
    connection: Connection, campaign_id: int, begin: datetime | None, end: datetime | None
) -> Sequence[Any]:
    """By arm ("" for who is in none), whether they knew it before and know it after (1, 0, NULL
    where they were not asked), the contacts: of the first quiz before, and of the last after."""
    arms, f = _arms(campaign_id), LEDGER.c
    begun = _answers("quiz.before", campaign_id, begin, end)
    ended = _answers("quiz.after", campaign_id, begin, end)
    people = (
        select(f.contact_id)
        .where(f.kind.in_(("quiz.before", "quiz.after")), f.campaign_id == campaign_id)
        .distinct()
        .cte("asked")
    )
    columns = (
        func.coalesce(arms.c.arm, "").label("arm"),
        begun.c.knows.label("before"),
        ended.c.knows.label("after"),
    )
    query = (
        select(*columns, func.count().label("people"))
        .select_from(people)
        .outerjoin(arms, arms.c.contact_id == people.c.contact_id)
        .outerjoin(begun, begun.c.contact_id == people.c.contact_id)
        .outerjoin(ended, ended.c.contact_id == people.c.contact_id)
    )
    return connection.execute(query.group_by(*columns)).all()


def _answers(kind: str, campaign_id: int, begin: datetime | None, end: datetime | None) -> CTE:
    f = LEDGER.c
    pick = func.min(f.id) if kind == "quiz.before" else func.max(f.id)
    chosen = (
        select(pick)
        .where(f.kind == kind, f.campaign_id == campaign_id, _within(begin, end))
        .group_by(f.contact_id)
    )
    knows = case((f.amount >= _KNOWS, 1), else_=0).label("knows")
    return select(f.contact_id, knows).where(f.id.in_(chosen)).cte(kind.replace(".", "_"))


def _arms(campaign_id: int) -> CTE:
    d = DELIVERIES.c
    return (
        select(d.contact_id, func.min(d.arm).label("arm"))
        .where(d.campaign_id == campaign_id, d.arm != "")
        .group_by(d.contact_id)
        .having(func.min(d.arm) == func.max(d.arm))
        .cte("arms")
    )


def _within(begin: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    terms = [] if begin is None else [LEDGER.c.at >= begin]
    if end is not None:
        terms.append(LEDGER.c.at < end)
    return and_(True, *terms)
