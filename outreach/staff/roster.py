"""The duty roster of the hotline: who is on duty when, and who of them can help whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, NotFound, Refused
from outreach.staff import queries
from outreach.staff.accounts import known
from outreach.staff.rules.duty import HOME_ZONE, Shift, ended_since, span_at
from outreach.staff.rules.roles import May, Role, allowed
from outreach.store.engine import reading, transaction

# How long somebody's shift may have ended for what they had open to count as left behind.
_LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Entry:
    """A shift of somebody, as it is listed."""

    id: int
    name: str
    shift: Shift


@dataclass(frozen=True)
class Helper:
    """Somebody who may answer. `until` is when their shift ends, None off duty; `reachable` whether
    we have a number to alert; `leads` whether they are a supervisor."""

    id: int
    name: str
    languages: tuple[str, ...]
    sex: str
    child_trained: bool
    leads: bool
    reachable: bool
    until: datetime | None


@dataclass(frozen=True)
class Phone:
    """How somebody is alerted: their number, sealed with the register's keys, and the language."""

    sealed: bytes
    language: str


def add(engine: Engine, clock: Clock, name: str, shift: Shift, *, by: str) -> int:
    """Adds a shift of `name`; the same again is the same. Returns its number.

    Raises BadInput, NotFound, or Refused for somebody who may not answer.
    """
    _check(shift)
    with transaction(engine) as connection:
        row = known(connection, name)
        if row.closed_at or May.ANSWER_HELP not in _may(row):
            raise Refused(f"{name} may not answer on the hotline.", remedy="Change their role.")
        values = {
            "zone": shift.zone,
            "day": shift.day,
            "days": shift.days,
            "starts": shift.starts.strftime("%H:%M"),
            "ends": shift.ends.strftime("%H:%M"),
        }
        there = queries.same_shift(connection, row.id, values)
        if there is not None:
            return there
        queries.audit(connection, by, "shift added", name, clock.now())
        return queries.add_shift(connection, {"staff_id": row.id, **values})


def remove(engine: Engine, clock: Clock, shift_id: int, *, by: str) -> None:
    """Takes a shift out; raises NotFound."""
    with transaction(engine) as connection:
        name = queries.remove_shift(connection, shift_id)
        if name is None:
            raise NotFound(f"There is no shift {shift_id}.", remedy="See: outreach roster list")
        queries.audit(connection, by, "shift removed", name, clock.now())


def entries(engine: Engine, clock: Clock) -> tuple[Entry, ...]:
    """The shifts that are not over: those of single days by day, then the weekly ones."""
    with reading(engine) as connection:
        found = [
            Entry(row.id, row.name, shift_of(row))
            for row in queries.shifts(connection)
            if not _over(shift_of(row), clock.now())
        ]
    return tuple(
        sorted(found, key=lambda e: (e.shift.day or date.max, e.shift.days, e.shift.starts, e.name))
    )


def on_duty(
    engine: Engine,
    clock: Clock,
    *,
    language: str = "",
    sex: str = "",
    child_trained: bool = False,
) -> tuple[Helper, ...]:
    """Who is on duty now and fits."""
    with reading(engine) as connection:
        everybody = helpers(connection, clock.now())
    return tuple(
        helper
        for helper in everybody
        if helper.until is not None
        and (not language or language in helper.languages)
        and (not sex or sex == helper.sex)
        and (not child_trained or helper.child_trained)
    )


def answering(engine: Engine, clock: Clock) -> tuple[Helper, ...]:
    """Everybody who may answer, by name."""
    with reading(engine) as connection:
        return helpers(connection, clock.now())


def nobody_on_duty(engine: Engine, clock: Clock) -> bool:
    """Whether the hotline has nobody now. Before the first account is made whoever rehearses at
    this machine has it."""
    with reading(engine) as connection:
        if not queries.any_account(connection):
            return False
        return all(helper.until is None for helper in helpers(connection, clock.now()))


def helpers(connection: Connection, now: datetime) -> tuple[Helper, ...]:
    """Everybody who may answer, by name, on duty or not."""
    until: dict[int, datetime] = {}
    for row in queries.shifts(connection):
        span = span_at(shift_of(row), now)
        if span is not None:
            until[row.staff_id] = max(span.ends, until.get(row.staff_id, span.ends))
    return tuple(
        Helper(
            row.id,
            row.name,
            tuple(row.languages),
            row.sex,
            row.child_trained,
            May.LEAD_HELP in _may(row),
            bool(row.phone_sealed),
            until.get(row.id),
        )
        for row in queries.everybody(connection)
        if row.password_hash and not row.closed_at and May.ANSWER_HELP in _may(row)
    )


def gone(connection: Connection, now: datetime) -> frozenset[str]:
    """Whose shift ended within a day, and who are not on duty any more."""
    rows = [(row.name, shift_of(row)) for row in queries.shifts(connection)]
    ended = {name for name, shift in rows if ended_since(shift, now - _LATELY, now)}
    return frozenset(ended - {name for name, shift in rows if span_at(shift, now)})


def phones(connection: Connection, staff_ids: Collection[int]) -> Mapping[int, Phone]:
    """How each of `staff_ids` is alerted; whoever has no number or left is left out. Khmer where
    they speak it, or said nothing."""
    return {
        row.id: Phone(row.phone_sealed, _tongue(row.languages))
        for row in queries.by_ids(connection, staff_ids)
        if row.phone_sealed and not row.closed_at
    }


def channels(connection: Connection, staff_ids: Collection[int]) -> Mapping[int, str]:
    """On which channel each of `staff_ids` is alerted."""
    return {row.id: row.alert_by for row in queries.by_ids(connection, staff_ids)}


def reachable(connection: Connection, what: May) -> list[int]:
    """Everybody who may do `what` and has a number to be alerted at."""
    return [
        row.id
        for row in queries.everybody(connection)
        if row.phone_sealed and row.password_hash and not row.closed_at and what in _may(row)
    ]


def shift_of(row: Row[Any]) -> Shift:
    """A shift as the rules read it."""
    return Shift(
        row.zone, row.day, row.days, time.fromisoformat(row.starts), time.fromisoformat(row.ends)
    )


def _tongue(languages: Collection[str]) -> str:
    return "km" if not languages or "km" in languages else sorted(languages)[0]


def _may(row: Row[Any]) -> frozenset[May]:
    return allowed(Role(role) for role in row.roles)


def _over(shift: Shift, now: datetime) -> bool:
    if shift.day is None:
        return False
    today = now.astimezone(ZoneInfo(shift.zone)).date()
    return shift.day < today and span_at(shift, now) is None


def _check(shift: Shift) -> None:
    if (shift.day is None) == (not shift.days):
        raise BadInput(
            "A shift is on one day, or on days of every week.", remedy="Give --on or --days."
        )
    try:
        ZoneInfo(shift.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(
            f"There is no zone {shift.zone!r}.", where="--zone", remedy=f"Such as {HOME_ZONE}."
        ) from None
