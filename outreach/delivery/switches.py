"""Kill switches: stop one campaign, one channel or everything, and let it go on again (S32)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from outreach.delivery.lane import Move
from outreach.delivery.rules.consequences import Stops, after
from outreach.delivery.stops import harm, queries
from outreach.delivery.stops.notices import tell
from outreach.gateways.ports import ErrorClass
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict, Refused
from outreach.kernel.reasons import kept
from outreach.store.engine import reading, transaction

EVERYTHING = "everything"
ANSWERS = "answers"  # what is answered by itself; workers' own replies go on


@dataclass(frozen=True)
class Switch:
    """A stop that is on."""

    scope: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Turn:
    """A `stop`, a `go` or an `end` of the past."""

    scope: str
    action: str
    reason: str
    by: str
    at: datetime


def stop(engine: Engine, clock: Clock, scope: str, *, reason: str, by: str) -> None:
    """Stops `scope`; nothing in it leaves any more within a second. Stopping twice is calm."""
    _check(scope)
    reason = worded(reason)
    with transaction(engine) as connection:
        turn_on(connection, scope, reason=reason, by=by, now=clock.now())


def turn_on(connection: Connection, scope: str, *, reason: str, by: str, now: datetime) -> bool:
    """The same inside the caller's transaction; False where it was on already."""
    row = {"scope": scope, "reason": reason, "by": by, "at": now}
    new = queries.turn_on(connection, row)
    if new:
        note(connection, scope, "stop", reason=reason, by=by, now=now)
    return new


def stop_for_harm(
    engine: Engine, clock: Clock, scopes: Collection[str], *, words: str, by: str
) -> None:
    """Stops campaigns or automatic answers of which somebody says that they did harm (S35); each
    goes on only after two people looked. What stopped one before gives way: this holds back what is
    recorded, too. Raises BadInput for words that are none."""
    now = clock.now()
    with transaction(engine) as connection:
        for scope in sorted(scopes):
            _check(scope)
            queries.turn_off(connection, scope)
            turn_on(connection, scope, reason="Somebody reported harm.", by=by, now=now)
        harm.add(connection, sorted(scopes), words, by, now)


def go_on(engine: Engine, clock: Clock, scope: str, *, reason: str, by: str) -> None:
    """Lifts the stop on `scope`; what waited goes on, each message once. Raises Conflict where
    nothing is stopped, and Refused where too few people looked at a report of harm (S35)."""
    _check(scope)
    reason = worded(reason)
    with transaction(engine) as connection:
        turn_off(connection, scope, reason=reason, by=by, now=clock.now())


def turn_off(connection: Connection, scope: str, *, reason: str, by: str, now: datetime) -> None:
    """The same inside the caller's transaction."""
    if not queries.turn_off(connection, scope):
        raise Conflict("Nothing stops it.", remedy="See what is stopped: outreach delivery status")
    if waiting := harm.unsettled(connection, scope):
        raise Refused(
            f"Somebody reported harm, and too few people looked at it: {', '.join(waiting)} (S35).",
            remedy="Two different people look: outreach harm look REPORT --reason …",
        )
    note(connection, scope, "go", reason=reason, by=by, now=now)


def note(
    connection: Connection, scope: str, action: str, *, reason: str, by: str, now: datetime
) -> None:
    """Keeps for ever that somebody stopped something (`stop`), let it go on (`go`) or ended it
    (`end`)."""
    row = {"scope": scope, "action": action, "reason": reason, "by": by, "at": now}
    queries.add_event(connection, row)


def halt_for(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
    """Stops what the gateway's own word forbids (a suspended account stops everything, a wrong
    configuration its channel), and tells a person. What waited keeps its turn."""
    for move in moves:
        if not move.error_class or not after(move.error_class).told:
            continue
        channel = f"channel:{move.attempt.channel}"
        if move.error_class == ErrorClass.UNKNOWN:
            tell(connection, "unknown_code", channel, f"Error {move.reason}.", now)
            continue
        everything = after(move.error_class).stops is Stops.EVERYTHING
        scope = EVERYTHING if everything else channel
        reason = f"The gateway refused: error {move.reason}."
        turn_on(connection, scope, reason=reason, by="gateway", now=now)
        tell(connection, "gateway_refused", scope, reason, now)


def list_on(engine: Engine) -> tuple[Switch, ...]:
    """The switches that are on, oldest first."""
    with reading(engine) as connection:
        return tuple(Switch(r.scope, r.reason, r.by, r.at) for r in queries.switches(connection))


def history(engine: Engine, limit: int = 50) -> tuple[Turn, ...]:
    """The newest stops and goings on, the newest first."""
    with reading(engine) as connection:
        rows = queries.events(connection, limit)
        return tuple(Turn(r.scope, r.action, r.reason, r.by, r.at) for r in rows)


def _check(scope: str) -> None:
    kind, _, value = scope.partition(":")
    known = scope in (EVERYTHING, ANSWERS) or (kind == "channel" and value in ("sms", "voice"))
    if not known and not (kind == "campaign" and value.isdigit()):
        raise BadInput(
            f"There is no kill switch {scope!r}.",
            remedy="Use everything, channel:sms, channel:voice, answers or campaign:NAME.",
        )


def worded(reason: str) -> str:
    """A typed reason as it is kept, however short: nobody in haste is kept from stopping. Raises
    BadInput where there is none."""
    return kept(reason, least=1)
