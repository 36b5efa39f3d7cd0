"""The calls that hotline workers make: who waits, taking one, saying how it went.

Whoever takes one sees its number, once; that is noted with their name (S22). What the person wrote
is not on the card: a worker asks, and does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.inbox.worker import Worker, look
from outreach.hotline.rules.calling import ENDS, CallState, may_end, may_take
from outreach.hotline.rules.conversation import Stage
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, Refused
from outreach.language.fallback import DEFAULT
from outreach.store.engine import reading, transaction

_SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits to be called. `source` is how they asked; a `child` is called by
    child-trained staff alone (S15)."""

    id: int
    source: str
    asked_at: datetime
    due_by: datetime
    child: bool


@dataclass(frozen=True)
class CallList:
    """Who waits, the most urgent first; the calls that `mine` (a worker) has taken and not ended;
    how many were `missed`: nobody called in time, and nobody may now (S5)."""

    waiting: tuple[Waiting, ...]
    mine: tuple[int, ...]
    missed: int


@dataclass(frozen=True)
class CallCard:
    """What a worker needs to call: the number, the word that the person knows us by ("" where none
    was agreed), and what to say, by name, in the person's language."""

    id: int
    number: str = field(repr=False)
    code: str = field(repr=False)
    language: str
    child: bool
    lines: Mapping[str, str]


def call_list(engine: Engine, clock: Clock, by: str) -> CallList:
    """The list as it stands for the worker `by`."""
    with reading(engine) as connection:
        now = clock.now()
        rows = queries.to_call(connection, now, _SHOWN)
        children = inbox.children(connection, [row.number_key for row in rows])
        return CallList(
            tuple(
                Waiting(row.id, row.source, row.asked_at, row.due_by, row.number_key in children)
                for row in rows
            ),
            tuple(queries.taken_by(connection, by)),
            queries.count_missed(connection, now),
        )


def take(desk: Desk, call_id: int, by: str, *, child_trained: bool = False) -> CallCard:
    """Gives the call to `by`, and its number; again to who has it already.

    Raises Conflict where somebody else has it, or its time has passed, and Refused where a child
    would be called by somebody who is not trained for it (S15).
    """
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = queries.lock_call_back(connection, call_id)
        if row is None or not (
            may_take(row.state, row.due_by, now) or may_end(row.state, row.taken_by, by)
        ):
            raise Conflict("This call is taken, or its time has passed.")
        number = desk.help_vault.unseal(row.number_sealed)
        talk = inbox.of_person(connection, desk.help_vault.lookups(number))
        if talk is not None and talk.child and not child_trained:
            raise Refused("Only child-trained staff may call here.")
        if row.state == CallState.WAITING:
            taken = {"state": CallState.TAKEN, "taken_by": by, "taken_at": now}
            queries.set_call_back(connection, call_id, taken)
        queries.audit(connection, by, "saw the number of", f"call {call_id}", now)
        if talk is not None:
            _take_too(connection, talk, by, now)
        return _card(desk, call_id, number, talk)


def _take_too(connection: Connection, talk: Row[Any], by: str, now: datetime) -> None:
    """Whoever calls has looked; the conversation is theirs where nobody had it."""
    if talk.state == Stage.NEW:
        inbox.change(connection, talk.id, {"state": Stage.ASSIGNED, "assigned_to": by})
    if talk.due_by is not None:
        look(connection, talk, Worker(by), now)


def _card(desk: Desk, call_id: int, number: str, talk: Row[Any] | None) -> CallCard:
    code = desk.help_vault.unseal(talk.code_sealed) if talk and talk.code_sealed else ""
    language = talk.language if talk and talk.language else DEFAULT
    child, lines = bool(talk and talk.child), desk.phrases.call_in(language)
    return CallCard(call_id, number, code, language, child, lines)


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
