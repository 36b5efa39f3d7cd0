"""Corridors: the ways that people take to work, each with a switch, because borders close overnight
(S34). To whom takes a closed one nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from outreach.delivery import switches
from outreach.kernel.clock import Clock
from outreach.kernel.errors import BadInput, Conflict
from outreach.people.rules.countries import country_code
from outreach.planning.sending import queries
from outreach.store.engine import reading, transaction

# The corridors of SAFETY.md; others are known as soon as somebody closes them.
KNOWN = (("KH", "TH"), ("KH", "MY"), ("KH", "VN"), ("KH", "KR"))


@dataclass(frozen=True)
class CorridorCard:
    """A corridor and its switch; `reason`, `by` and `at` are empty where nobody turned it yet."""

    origin: str
    destination: str
    is_open: bool
    reason: str
    by: str
    at: datetime | None


def listed(engine: Engine) -> tuple[CorridorCard, ...]:
    """Every corridor, those of SAFETY.md first."""
    with reading(engine) as connection:
        rows = {(r.origin, r.destination): r for r in queries.corridors(connection)}
    ways = [*KNOWN, *(way for way in rows if way not in KNOWN)]
    cards = []
    for way in ways:
        row = rows.get(way)
        turned = (row.is_open, row.reason, row.by, row.at) if row else (True, "", "", None)
        cards.append(CorridorCard(*way, *turned))
    return tuple(cards)


def turn(
    engine: Engine,
    clock: Clock,
    origin: str,
    destination: str,
    *,
    is_open: bool,
    reason: str,
    by: str,
) -> CorridorCard:
    """Opens or closes a corridor; countries by their two letters or a name. What waits is judged
    when its turn to be sent comes. Raises BadInput, or Conflict where it is so already."""
    reason = switches.worded(reason)
    way = _country(origin), _country(destination)
    now = clock.now()
    with transaction(engine) as connection:
        before = {(r.origin, r.destination): r.is_open for r in queries.corridors(connection)}
        if before.get(way, True) == is_open:
            state = "open" if is_open else "closed"
            raise Conflict(f"The corridor {way[0]} to {way[1]} is {state} already.")
        card = CorridorCard(*way, is_open, reason, by, now)
        queries.put_corridor(connection, vars(card))
        scope, action = f"corridor:{way[0]}-{way[1]}", "go" if is_open else "stop"
        switches.note(connection, scope, action, reason=reason, by=by, now=now)
    return card


def _country(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise BadInput(f"There is no country {text!r}.", remedy="Write two letters, such as TH.")
    return code
