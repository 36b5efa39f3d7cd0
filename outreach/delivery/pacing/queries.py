"""The SQL of the shared pace; nothing here commits."""

from __future__ import annotations

import time
from dataclasses import asdict

from sqlalchemy import Connection, func, select

from outreach.delivery.rules.pace import Bucket
from outreach.delivery.tables import SenderPace
from outreach.store.dialect import insert, locked
from outreach.store.types import table_of

PACES = table_of(SenderPace)


def bucket(connection: Connection, channel: str) -> Bucket | None:
    """The channel's bucket, locked; None where nothing was sent on it yet."""
    query = select(PACES).where(PACES.c.channel == channel)
    row = connection.execute(locked(connection, query)).first()
    return None if row is None else Bucket(*row[1:])


def buckets(connection: Connection) -> dict[str, Bucket]:
    """The buckets of all channels."""
    return {row[0]: Bucket(*row[1:]) for row in connection.execute(select(PACES))}


def add(connection: Connection, channel: str, first: Bucket) -> None:
    """Adds a channel's bucket; one that is there stays as it is."""
    statement = insert(connection, PACES).values(channel=channel, **asdict(first))
    connection.execute(statement.on_conflict_do_nothing())


def put(connection: Connection, channel: str, after: Bucket) -> None:
    """Stores a channel's bucket in place of what was there."""
    statement = insert(connection, PACES).values(channel=channel, **asdict(after))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["channel"], set_=asdict(after))
    )


def seconds(connection: Connection) -> float:
    """The database's time in seconds since 1970."""
    if connection.dialect.name != "postgresql":
        return time.time()
    query = select(func.extract("epoch", func.clock_timestamp()))
    return float(connection.execute(query).scalar_one())
