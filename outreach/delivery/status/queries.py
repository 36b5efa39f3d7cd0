"""The SQL of how sending stands; nothing here commits. Counts read an index and no row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, literal, select

from outreach.delivery.rules.states import AttemptState, DeliveryState

_OPEN = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.TRYING)
_TROUBLE = (
    AttemptState.ERRORED,
    AttemptState.FAILED,
    AttemptState.BUSY,
    AttemptState.NO_ANSWER,
    AttemptState.UNKNOWN,
)


def depth(connection: Connection, deliveries: Table) -> Sequence[Row[Any]]:
    """What is open by channel, state and campaign (0 where there is none): how many, and when the
    first of them is or was due."""
    d = deliveries.c
    campaign = d.campaign_id if "campaign_id" in d else literal(0)
    columns = (d.state, d.channel, campaign.label("campaign_id"))
    query = select(*columns, func.count().label("number"), func.min(d.due_at).label("due_at"))
    query = query.where(d.state.in_(_OPEN)).group_by(d.state, d.channel)
    if "campaign_id" in d:
        query = query.group_by(d.campaign_id)
    return connection.execute(query).all()


def leases(connection: Connection, deliveries: Table) -> Sequence[Row[Any]]:
    """How many deliveries each process holds."""
    d = deliveries.c
    query = select(d.lease_by, func.count().label("number")).where(d.state == DeliveryState.LEASED)
    return connection.execute(query.group_by(d.lease_by)).all()


def errors(connection: Connection, attempts: Table, since: datetime) -> Sequence[Row[Any]]:
    """Attempts that came to a bad end since `since`, by state, class and code."""
    a = attempts.c
    columns = (a.state, a.error_class, a.error_code)
    query = select(*columns, func.count().label("number")).where(a.state.in_(_TROUBLE))
    query = query.where(a.updated_at >= since).group_by(*columns)
    return connection.execute(query.order_by(func.count().desc())).all()
