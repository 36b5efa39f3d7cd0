"""Reads what the pipeline wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row

from outreach.hotline import queries
from outreach.store.engine import reading

SENDER = "+855380000001"


def deliveries(database: Engine) -> Sequence[Row[Any]]:
    """All deliveries, oldest first."""
    table = queries.DELIVERIES
    with reading(database) as connection:
        return connection.execute(table.select().order_by(table.c.id)).all()


def attempts(database: Engine) -> Sequence[Row[Any]]:
    """All attempts, oldest first."""
    table = queries.ATTEMPTS
    with reading(database) as connection:
        return connection.execute(table.select().order_by(table.c.id)).all()
