"""The calls that hotline workers make: who waits, taking one, saying how it went.

Whoever takes one sees its number, once; that is noted with their name (S22). Nothing else about
the person is shown: a worker asks, and does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.hotline.rules.calling import ENDS, CallState, may_end, may_take
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict
from outreach.store.engine import reading, transaction

_SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits to be called. `source` is how they asked."""

    id: int
    source: str
    asked_at: datetime
    due_by: datetime


@dataclass(frozen=True)
class CallList:
    """Who waits, the most urgent first; the calls that `mine` (a worker) has taken and not ended;
    how many were `missed`: nobody called in time, and nobody may now (S5)."""

    waiting: tuple[Waiting, ...]
    mine: tuple[int, ...]
    missed: int


@dataclass(frozen=True)
class CallCard:
    """What a worker needs to call."""

    id: int
    number: str = field(repr=False)


def call_list(engine: Engine, clock: Clock, by: str) -> CallList:
    """The list as it stands for the worker `by`."""
    with reading(engine) as connection:
        now = clock.now()
        rows = queries.to_call(connection, now, _SHOWN)
        return CallList(
            tuple(Waiting(row.id, row.source, row.asked_at, row.due_by) for row in rows),
            tuple(queries.taken_by(connection, by)),
            queries.count_missed(connection, now),
        )


def take(desk: Desk, call_id: int, by: str) -> CallCard:
    """Gives the call to `by`, and its number; again to who has it already.

    Raises Conflict where somebody else has it, or its time has passed.
    """
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = queries.lock_call_back(connection, call_id)
        if row is None or not (
            may_take(row.state, row.due_by, now) or may_end(row.state, row.taken_by, by)
        ):
            raise Conflict("This call is taken, or its time has passed.")
        if row.state == CallState.WAITING:
            taken = {"state": CallState.TAKEN, "taken_by": by, "taken_at": now}
            queries.set_call_back(connection, call_id, taken)
        queries.audit(connection, by, "saw the number of", f"call {call_id}", now)
        return CallCard(call_id, desk.help_vault.unseal(row.number_sealed))


def end(desk: Desk, call_id: int, by: str, outcome: str) -> None:
    """Notes how a call went (one of ENDS). Raises BadInput, or Conflict where it is not `by`'s."""
    if outcome not in ENDS:
        raise BadInput(f"A call does not end {outcome!r}.", remedy=f"One of: {', '.join(ENDS)}.")
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = queries.lock_call_back(connection, call_id)
        if row is None or not may_end(row.state, row.taken_by, by):
            raise Conflict("This call is not yours to end.")
        queries.set_call_back(connection, call_id, {"state": outcome, "ended_at": now})
        queries.audit(connection, by, outcome, f"call {call_id}", now)
