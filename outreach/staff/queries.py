"""The SQL of staff; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from outreach.staff.tables import DutyShift, Staff, StaffAudit, StaffSession, StaffTry
from outreach.store.dialect import insert, locked
from outreach.store.types import table_of

STAFF = table_of(Staff)
SESSIONS = table_of(StaffSession)
TRIES = table_of(StaffTry)
SHIFTS = table_of(DutyShift)
AUDIT = table_of(StaffAudit)


def add(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds an account; False where the name is taken."""
    statement = insert(connection, STAFF).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement.returning(STAFF.c.id)).first())


def by_name(connection: Connection, name: str) -> Row[Any] | None:
    """An account by its name."""
    return connection.execute(select(STAFF).where(STAFF.c.name == name)).first()


def lock_by_name(connection: Connection, name: str) -> Row[Any] | None:
    """The same, locked until the transaction ends."""
    query = select(STAFF).where(STAFF.c.name == name)
    return connection.execute(locked(connection, query)).first()


def everybody(connection: Connection) -> Sequence[Row[Any]]:
    """All accounts by name."""
    return connection.execute(select(STAFF).order_by(STAFF.c.name)).all()


def by_ids(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Accounts by their numbers."""
    return connection.execute(select(STAFF).where(STAFF.c.id.in_(ids))).all()


def any_account(connection: Connection) -> bool:
    """Whether there is an account at all, closed ones too."""
    return connection.execute(select(STAFF.c.id).limit(1)).first() is not None


def change(connection: Connection, staff_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of an account."""
    connection.execute(update(STAFF).where(STAFF.c.id == staff_id).values(values))


def add_session(connection: Connection, row: Mapping[str, Any]) -> None:
    """Begins a session."""
    connection.execute(SESSIONS.insert().values(row))


def session(connection: Connection, token_key: str) -> Row[Any] | None:
    """A session with its account, if that is open."""
    query = (
        select(SESSIONS.c.begun_at, SESSIONS.c.seen_at, STAFF)
        .join(STAFF, STAFF.c.id == SESSIONS.c.staff_id)
        .where(SESSIONS.c.token_key == token_key, STAFF.c.closed_at.is_(None))
    )
    return connection.execute(query).first()


def seen(connection: Connection, token_key: str, at: datetime) -> None:
    """Notes that a session was used."""
    statement = update(SESSIONS).where(SESSIONS.c.token_key == token_key)
    connection.execute(statement.values(seen_at=at))


def end_session(connection: Connection, token_key: str) -> None:
    """Ends one session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token_key == token_key))


def end_sessions(connection: Connection, staff_id: int | None = None) -> int:
    """Ends all sessions of an account, or everybody's; returns how many."""
    statement = delete(SESSIONS)
    if staff_id is not None:
        statement = statement.where(SESSIONS.c.staff_id == staff_id)
    return connection.execute(statement).rowcount


def waits(connection: Connection, keys: Collection[str], now: datetime) -> bool:
    """Whether it is too early for another try at one of `keys`."""
    query = select(TRIES.c.name_key).where(TRIES.c.name_key.in_(keys), TRIES.c.until > now)
    return connection.execute(query.limit(1)).first() is not None


def count_try(connection: Connection, key: str, now: datetime) -> int:
    """Counts a wrong try; returns how many there were. The row is locked from now on."""
    statement = insert(connection, TRIES).values(name_key=key, failures=1, until=now)
    counted = statement.on_conflict_do_update(
        index_elements=["name_key"], set_={"failures": TRIES.c.failures + 1}
    )
    return int(connection.execute(counted.returning(TRIES.c.failures)).scalar_one())


def hold_tries(connection: Connection, key: str, until: datetime) -> None:
    """Lets no try be taken before `until`."""
    connection.execute(update(TRIES).where(TRIES.c.name_key == key).values(until=until))


def forget_tries(connection: Connection, before: datetime) -> None:
    """Forgets the wrong tries of which the last was long ago."""
    connection.execute(delete(TRIES).where(TRIES.c.until < before))


def clear_tries(connection: Connection, name_key: str) -> None:
    """Forgets the wrong tries at a name."""
    connection.execute(delete(TRIES).where(TRIES.c.name_key == name_key))


def audit(connection: Connection, by: str, action: str, subject: str, at: datetime) -> None:
    """Notes who did what."""
    connection.execute(AUDIT.insert().values(by=by, action=action, subject=subject, at=at))


def audits(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The latest notes, newest first."""
    return connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)).all()


def shifts(connection: Connection) -> Sequence[Row[Any]]:
    """All shifts of open accounts, with the name of each."""
    query = select(SHIFTS, STAFF.c.name).join(STAFF, STAFF.c.id == SHIFTS.c.staff_id)
    return connection.execute(query.where(STAFF.c.closed_at.is_(None)).order_by(SHIFTS.c.id)).all()


def same_shift(connection: Connection, staff_id: int, values: Mapping[str, Any]) -> int | None:
    """The shift of somebody that is like `values`."""
    s = SHIFTS.c
    alike = [
        s[name] == value if value is not None else s[name].is_(None)
        for name, value in values.items()
    ]
    query = select(s.id).where(s.staff_id == staff_id, *alike)
    return connection.execute(query.limit(1)).scalar_one_or_none()


def add_shift(connection: Connection, row: Mapping[str, Any]) -> int:
    """Adds a shift and returns its number."""
    added = connection.execute(SHIFTS.insert().values(row).returning(SHIFTS.c.id))
    return int(added.scalar_one())


def remove_shift(connection: Connection, shift_id: int) -> str | None:
    """Removes a shift; returns whose it was, or None if there is none."""
    gone = delete(SHIFTS).where(SHIFTS.c.id == shift_id).returning(SHIFTS.c.staff_id)
    staff_id = connection.execute(gone).scalar_one_or_none()
    query = select(STAFF.c.name).where(STAFF.c.id == staff_id)
    return connection.execute(query).scalar_one_or_none() if staff_id is not None else None
