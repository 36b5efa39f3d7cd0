"""The SQL of kill switches, of their history and of notices; nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select, update

from outreach.delivery.tables import KillSwitch, Notice, SwitchEvent
from outreach.store.dialect import insert

SWITCHES: Table = KillSwitch.__table__  # type: ignore[attr-defined]
EVENTS: Table = SwitchEvent.__table__  # type: ignore[attr-defined]
NOTICES: Table = Notice.__table__  # type: ignore[attr-defined]


def scopes(connection: Connection) -> set[str]:
    """The kill switches that are on."""
    return set(connection.execute(select(SWITCHES.c.scope)).scalars())


def switches(connection: Connection) -> Sequence[Row[Any]]:
    """The kill switches that are on, with reason, by and at."""
    return connection.execute(select(SWITCHES).order_by(SWITCHES.c.at)).all()


def turn_on(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds a kill switch; False for one that is on already, which stays as it is."""
    statement = insert(connection, SWITCHES).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement.returning(SWITCHES.c.scope)).first())


def turn_off(connection: Connection, scope: str) -> bool:
    """Removes a kill switch; False where it was not on."""
    statement = SWITCHES.delete().where(SWITCHES.c.scope == scope)
    return bool(connection.execute(statement.returning(SWITCHES.c.scope)).first())


def add_event(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keeps that somebody stopped something or let it go on."""
    connection.execute(EVENTS.insert().values(row))


def events(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest stops and goings on."""
    return connection.execute(select(EVENTS).order_by(EVENTS.c.id.desc()).limit(limit)).all()


def last_go(connection: Connection, scopes: Sequence[str]) -> dict[str, datetime]:
    """When a person let each of `scopes` go on last, where anybody did."""
    e = EVENTS.c
    query = select(e.scope, func.max(e.at).label("at")).where(e.action == "go")
    rows = connection.execute(query.where(e.scope.in_(scopes)).group_by(e.scope))
    return {row.scope: row.at for row in rows}


def tell(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a notice, or counts one that nobody has looked at yet."""
    n = NOTICES.c
    statement = insert(connection, NOTICES).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[n.kind, n.scope],
            index_where=n.seen_at.is_(None),
            set_={
                "times": n.times + row["times"],
                "detail": row["detail"],
                "last_at": row["last_at"],
            },
        )
    )


def notices(connection: Connection, *, seen: bool) -> Sequence[Row[Any]]:
    """Notices, oldest first; those that somebody looked at too if `seen`."""
    query = select(NOTICES).order_by(NOTICES.c.id)
    return connection.execute(query if seen else query.where(NOTICES.c.seen_at.is_(None))).all()


def see(connection: Connection, number: int, by: str, at: datetime) -> bool:
    """Notes who looked at a notice; False where there is none that nobody has seen."""
    n = NOTICES.c
    statement = update(NOTICES).where(n.id == number, n.seen_at.is_(None))
    done = connection.execute(statement.values(seen_at=at, seen_by=by).returning(n.id))
    return bool(done.first())
