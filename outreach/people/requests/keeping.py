"""Keeps requests of authorities for data, and each step of what is done with them (S26).

Nothing here looks anybody up or gives anything out: what is given leaves by the ways that there
are, each with its own audit, and is written down here. No phone number is kept (S18).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.kernel.ids import public_id
from outreach.kernel.reasons import MOST, kept
from outreach.people.audit import Asking
from outreach.people.requests import queries
from outreach.people.rules import request as rules
from outreach.people.rules.days import local_day
from outreach.people.rules.request import ANSWERS, Kind, Standing
from outreach.store.engine import reading, transaction


@dataclass(frozen=True)
class Asked:
    """What came in: who asks, by which law and paper, on which day (ISO), for what."""

    authority: str
    paper: str
    received_on: str
    scope: str


@dataclass(frozen=True)
class StepView:
    """What somebody did, when and why."""

    kind: str
    what: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class RequestView:
    """A request, how it stands, and all that was done with it, oldest first."""

    id: str
    asked: Asked
    by: str
    at: datetime
    standing: Standing
    ended: bool
    steps: tuple[StepView, ...]


def add(engine: Engine, clock: Clock, asked: Asked, by: str) -> RequestView:
    """Writes down a request as it came. Raises BadInput."""
    name = public_id("rq")
    row = {
        "public_id": name,
        "authority": _words(asked.authority, "--authority"),
        "paper": _words(asked.paper, "--paper"),
        "received_on": _day(asked.received_on, local_day(clock.now())),
        "scope": _words(asked.scope, "--scope"),
        "by": by,
        "at": clock.now(),
    }
    with transaction(engine) as connection:
        queries.add(connection, row)
        return _view(connection, name)


def step(
    engine: Engine, clock: Clock, name: str, kind: Kind, what: str, asking: Asking
) -> RequestView:
    """Writes down what somebody thinks of the request `name`, or did with it: `what` is one of
    ANSWERS. Raises BadInput, NotFound, or Conflict where it is not the time for it."""
    if what not in ANSWERS[kind]:
        raise BadInput(f"{what!r} is none of: {', '.join(ANSWERS[kind])}.")
    words = asking.words
    with transaction(engine) as connection:
        now = _view(connection, name)
        if why := rules.refusal(kind, now.standing):
            raise Conflict(why, remedy=f"See: outreach requests show {name}")
        row = {"kind": kind, "what": what, "words": words, "by": asking.by, "at": clock.now()}
        queries.add_step(connection, row | {"request_id": _found(connection, name).id})
        return _view(connection, name)


def show(engine: Engine, name: str) -> RequestView:
    """One request; raises NotFound."""
    with transaction(engine) as connection:
        return _view(connection, name)


def listed(engine: Engine, *, every: bool = False) -> list[RequestView]:
    """Requests of which something is left to do, oldest first; all of them if `every`."""
    with reading(engine) as connection:
        found = _views(connection, queries.requests(connection))
    return [each for each in found if every or not each.ended]


def _words(written: str, where: str) -> str:
    try:
        return kept(written)
    except BadInput as error:
        raise BadInput(f"Write 5 to {MOST} characters, and no number.", where=where) from error


def _day(written: str, today: date) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or day > today:
        raise BadInput(
            "That is no day, or one to come.", where="--received", remedy="Write it as 2026-02-14."
        )
    return day.isoformat()


def _found(connection: Connection, name: str) -> Row[Any]:
    row = queries.lock(connection, name)
    if row is None:
        raise NotFound("There is no such request.", remedy="See: outreach requests list --all")
    return row


def _view(connection: Connection, name: str) -> RequestView:
    return _views(connection, [_found(connection, name)])[0]


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[RequestView]:
    steps: dict[int, list[StepView]] = {row.id: [] for row in rows}
    for done in queries.steps(connection, steps):
        steps[done.request_id].append(StepView(done.kind, done.what, done.words, done.by, done.at))
    return [_shown(row, tuple(steps[row.id])) for row in rows]


def _shown(row: Row[Any], steps: tuple[StepView, ...]) -> RequestView:
    asked = Asked(row.authority, row.paper, row.received_on, row.scope)
    now = rules.standing([rules.Step(each.kind, each.what, each.by) for each in steps])
    return RequestView(row.public_id, asked, row.by, row.at, now, now.ended, steps)
