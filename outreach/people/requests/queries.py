"""The SQL of requests of authorities; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.people.requests.tables import DataRequest, DataRequestStep
from outreach.store.dialect import locked
from outreach.store.types import table_of

REQUESTS = table_of(DataRequest)
STEPS = table_of(DataRequestStep)


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keeps a request."""
    connection.execute(REQUESTS.insert().values(row))


def lock(connection: Connection, public_id: str) -> Row[Any] | None:
    """A request, locked until the transaction ends: its steps come one after the other."""
    query = select(REQUESTS).where(REQUESTS.c.public_id == public_id)
    return connection.execute(locked(connection, query)).first()


def requests(connection: Connection) -> Sequence[Row[Any]]:
    """All of them, oldest first."""
    return connection.execute(select(REQUESTS).order_by(REQUESTS.c.id)).all()


def add_step(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keeps what somebody did."""
    connection.execute(STEPS.insert().values(row))


def steps(connection: Connection, requests: Collection[int]) -> Sequence[Row[Any]]:
    """What was done with these requests, oldest first."""
    query = select(STEPS).where(STEPS.c.request_id.in_(requests))
    return connection.execute(query.order_by(STEPS.c.id)).all()
