"""The SQL that takes a batch of deliveries and attempts a step on, for every lane; no commit.

Each is one statement, whatever the batch's size, and is built once for each lane's tables: building
one takes as long as the database's work for a hundred messages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Subquery,
    Table,
    Update,
    bindparam,
    case,
    func,
    select,
    update,
)

from outreach.delivery.lane import Lane
from outreach.delivery.rules.states import AttemptState, DeliveryState
from outreach.store.bulk import add_some, insert_listed, reserve_ids
from outreach.store.gathered import Gathered, Question
from outreach.store.listed import among, listed, packed, packed_values

D = DeliveryState
# What moving an attempt or its delivery on never reads: a moment costs as much as all else.
_MOMENTS = (
    "lease_until",
    "first_tried_at",
    "submitting_at",
    "horizon_at",
    "polled_at",
    "updated_at",
)
_UNREAD = frozenset({*_MOMENTS, "public_id", "body_digest", "sender"})

_OF_A_LEASE = frozenset({"lease_until", "lease_by", "due_at", "updated_at"})


def leased(lane: Lane, ids: Collection[int], by: str) -> Question:
    """What checking reads of the rows of `ids` that are still leased to `by`, locked."""
    return Question(_leased(lane.deliveries), {"ids": packed_values(ids), "by": by})


def give_back(
    connection: Connection, lane: Lane, ids: Collection[int], by: str, now: datetime
) -> None:
    """Returns leases of `by` that were not used."""
    given = {"ids": packed_values(ids), "by": by, "now": now}
    connection.execute(_give_back(lane.deliveries), given)


def try_now(connection: Connection, lane: Lane, ids: Collection[int], now: datetime) -> None:
    """An attempt of each of the deliveries `ids` begins."""
    connection.execute(_try_now(lane.deliveries), {"ids": packed_values(ids), "now": now})


def set_deliveries(connection: Connection, lane: Lane, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the given columns of each delivery (`b_id`, each once; the same columns in all)."""
    _set(connection, lane.deliveries, rows)


def set_attempts(connection: Connection, lane: Lane, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the given columns of each attempt (`b_id`, each once; the same columns in all)."""
    _set(connection, lane.attempts, rows)


def add_attempts(
    connection: Connection,
    lane: Lane,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, Any],
) -> list[int]:
    """Adds attempts (the columns `names`; those of `same` are alike in all); their ids."""
    ids = reserve_ids(connection, lane.attempts, len(rows))
    numbered = [(number, *row) for number, row in zip(ids, rows, strict=True)]
    add_some(connection, lane.attempts, ("id", *names), numbered, same)
    return ids


def with_deliveries(
    connection: Connection, lane: Lane, attempt_ids: Collection[int]
) -> list[tuple[Any, Any]]:
    """Each attempt with its delivery, both locked, deliveries first (the order of `leased`).
    `newest` of an attempt is its delivery's newest."""
    ids = {"ids": packed_values(attempt_ids)}
    deliveries = _deliveries_of(lane.attempts, lane.deliveries).all(connection, ids)
    by_id = {row.id: row for row in deliveries}
    attempts = _attempts(lane.attempts).all(connection, ids)
    return [(row, by_id[row.delivery_id]) for row in attempts]


def accept(connection: Connection, lane: Lane, sids: Mapping[int, str], now: datetime) -> list[Any]:
    """Notes `sids`, by attempt, where nothing was heard of the attempt yet (*submitting*), and
    that it is *submitted*; returns id, channel and parts of those."""
    silent = _silent(lane.attempts).all(connection, {"ids": packed_values(sids)})
    given = {"given": packed((row.id, sids[row.id]) for row in silent), "now": now}
    connection.execute(_accept(lane.attempts), given)
    return silent


def attempt_ids(connection: Connection, lane: Lane, public_ids: Collection[str]) -> dict[str, int]:
    """The ids of attempts by public id; those that don't exist are left out."""
    found = _by_public_id(lane.attempts).all(connection, {"ids": packed_values(public_ids)})
    return {row.public_id: row.id for row in found}


def add_receipts(connection: Connection, lane: Lane, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores reports (the same columns in all), each once per attempt and state."""
    statement = _add_once(lane.receipts, connection.dialect.name, tuple(rows[0]))
    connection.execute(statement, {"given": packed(row.values() for row in rows)})


def _set(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        statement = _update(table, tuple(rows[0]))
        connection.execute(statement, {"given": packed(row.values() for row in rows)})


# FOR UPDATE is nothing to SQLite, which has one writer.


@cache
def _leased(d: Table) -> Gathered:
    read = [column for column in d.c if column.name not in _OF_A_LEASE]
    query = select(*read).where(among(d.c.id), _aside(d.c.state) == D.LEASED)
    mine = query.where(d.c.lease_by == bindparam("by"))
    return Gathered(mine.order_by(d.c.id).with_for_update())


@cache
def _give_back(d: Table) -> Update:
    mine = update(d).where(
        among(d.c.id), _aside(d.c.state) == D.LEASED, d.c.lease_by == bindparam("by")
    )
    now = bindparam("now", type_=d.c.updated_at.type)
    return mine.values(state=D.PENDING, lease_until=None, lease_by=None, updated_at=now)


@cache
def _try_now(d: Table) -> Update:
    now = bindparam("now", type_=d.c.updated_at.type)
    return (
        update(d)
        .where(among(d.c.id))
        .values(
            state=D.TRYING,
            reason="",
            attempts=d.c.attempts + 1,
            # An attempt of which nothing left (0 so far) did not reach for the person.
            first_tried_at=case((d.c.attempts > 0, d.c.first_tried_at), else_=now),
            updated_at=now,
        )
    )


@cache
def _deliveries_of(a: Table, d: Table) -> Gathered:
    wanted = select(a.c.delivery_id).where(among(a.c.id))
    query = select(*_read(d)).where(d.c.id.in_(wanted))
    return Gathered(query.order_by(d.c.id).with_for_update())


@cache
def _attempts(a: Table) -> Gathered:
    other = a.alias("other")
    newest = select(func.max(other.c.id)).where(other.c.delivery_id == a.c.delivery_id)
    query = select(*_read(a), newest.scalar_subquery().label("newest")).where(among(a.c.id))
    return Gathered(query.order_by(a.c.id).with_for_update())


@cache
def _silent(a: Table) -> Gathered:
    query = select(a.c.id, a.c.channel, a.c.parts).where(among(a.c.id))
    silent = query.where(_aside(a.c.state) == AttemptState.SUBMITTING)
    return Gathered(silent.order_by(a.c.id).with_for_update())


@cache
def _accept(a: Table) -> Update:
    given = _given(a, ("b_id", "sid"))
    now = bindparam("now", type_=a.c.updated_at.type)
    taken = {"state": AttemptState.SUBMITTED, "sid": given.c.sid, "updated_at": now}
    return update(a).where(a.c.id == given.c.b_id).values(taken)


@cache
def _add_once(table: Table, database: str, names: tuple[str, ...]) -> Any:
    return insert_listed(database, table, names, {}).on_conflict_do_nothing()


@cache
def _by_public_id(a: Table) -> Gathered:
    return Gathered(select(a.c.public_id, a.c.id).where(among(a.c.public_id)))


@cache
def _update(table: Table, names: tuple[str, ...]) -> Update:
    given = _given(table, names)
    values = {name: given.c[name] for name in names if name != "b_id"}
    return update(table).where(table.c.id == given.c.b_id).values(values)


def _given(table: Table, names: Sequence[str]) -> Subquery:
    return listed({name: table.c["id" if name == "b_id" else name].type for name in names})


def _aside(column: Column[str]) -> ColumnElement[str]:
    """`column`, for a comparison by which no index is to be chosen: SQLite takes one that finds
    all that is under way before the ids that are named."""
    return func.coalesce(column, "")


def _read(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.name not in _UNREAD]
