"""Kill switches: stop one campaign, one channel or everything, and let it go on again (S32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.delivery import queries
from outreach.delivery.lane import Move
from outreach.gateways.ports import ErrorClass
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput
from outreach.store.engine import reading, transaction

EVERYTHING = "everything"


@dataclass(frozen=True)
class Switch:
    """A stop that is on."""

    scope: str
    reason: str
    by: str
    at: datetime


def stop(engine: Engine, clock: Clock, scope: str, *, reason: str, by: str) -> None:
    """Stops `scope`; nothing in it leaves any more within a second. Stopping twice is calm."""
    _check(scope)
    with transaction(engine) as connection:
        turn_on(connection, scope, reason=reason, by=by, now=clock.now())


def turn_on(connection: Connection, scope: str, *, reason: str, by: str, now: datetime) -> None:
    """The same inside the caller's transaction (the gateway says: account suspended)."""
    queries.turn_on(connection, {"scope": scope, "reason": reason, "by": by, "at": now})


def halt_for(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
    """Stops what the gateway's own word forbids: a suspended account stops everything, a wrong
    configuration its channel. What waited keeps its turn."""
    for move in moves:
        if move.error_class == ErrorClass.SUSPENDED:
            scope = EVERYTHING
        elif move.error_class == ErrorClass.CONFIGURATION:
            scope = f"channel:{move.attempt.channel}"
        else:
            continue
        reason = f"The gateway refused: error {move.reason}."
        turn_on(connection, scope, reason=reason, by="gateway", now=now)


def go_on(engine: Engine, scope: str) -> None:
    """Lifts the stop on `scope`; what waited goes on, each message once."""
    _check(scope)
    with transaction(engine) as connection:
        queries.turn_off(connection, scope)


def list_on(engine: Engine) -> tuple[Switch, ...]:
    """The switches that are on, oldest first."""
    with reading(engine) as connection:
        return tuple(Switch(r.scope, r.reason, r.by, r.at) for r in queries.switches(connection))


def _check(scope: str) -> None:
    kind, _, value = scope.partition(":")
    known = scope == EVERYTHING or (kind == "channel" and value in ("sms", "voice"))
    if not known and not (kind == "campaign" and value.isdigit()):
        raise BadInput(
            f"There is no kill switch {scope!r}.",
            remedy="Use everything, channel:sms, channel:voice or campaign:<id>.",
        )
