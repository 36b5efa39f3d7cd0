"""Makes what comes in part of its person's conversation, and sets the clock on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries
from outreach.hotline.rules.conversation import Arrival, both
from outreach.hotline.rules.urgency import Urgency, leaves, look_by, urgency
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.language.match import Match
from outreach.store.chained import Writer


@dataclass(frozen=True)
class Word:
    """A text from `number` came in, at `came`, which may be long ago; since then they may have
    `left`."""

    number: str
    said: Match
    came: datetime
    left: bool = False


def texted(
    connection: Connection, writer: Writer, desk: Desk, words: Sequence[Word], now: datetime
) -> None:
    """Texts came in, in this order; the last of it is left to the `writer`."""
    vault = desk.help_vault
    arrivals: dict[str, Arrival] = {}
    for word in words:
        hurry = urgency(word.said.intent)
        if hurry is not None:
            arrival = _arrival(word, hurry, now)
            before = arrivals.get(word.number)
            arrivals[word.number] = both(before, arrival) if before else arrival
        elif leaves(word.said.intent):
            # What was written before is what is left behind.
            _come_in(connection, connection, vault, arrivals)
            arrivals = {}
            leave(connection, vault, word.number, word.came, now)
    _come_in(connection, writer, vault, arrivals)


def leave(connection: Connection, vault: Vault, number: str, came: datetime, now: datetime) -> None:
    """Somebody said at `came` that they leave: nobody texts them from now on (S4)."""
    keys = vault.lookups(number)
    queries.left(connection, keys, came)
    queries.withdraw(connection, keys, now)


def asked_for_call(
    connection: Connection, desk: Desk, number: str, within: timedelta, now: datetime
) -> None:
    """Somebody wants to be called, which has to happen `within` that time (S5)."""
    arrival = Arrival(Urgency.URGENT, False, "", now, now, None, now + within)
    _come_in(connection, connection, desk.help_vault, {number: arrival})


def _arrival(word: Word, hurry: Urgency, now: datetime) -> Arrival:
    return Arrival(
        urgency=hurry,
        child=word.said.intent == "CHILD",
        language=word.said.language or "",
        opened_at=word.came,
        last_in_at=word.came,
        last_text_at=None if word.left else word.came,
        due_by=look_by(hurry, now),
    )


def _come_in(
    connection: Connection, writer: Writer, vault: Vault, arrivals: Mapping[str, Arrival]
) -> None:
    rows = []
    for number, arrival in arrivals.items():
        key, *older = vault.lookups(number)
        if older:
            queries.bring_along(connection, key, older)
        sealed = {"number_key": key, "number_sealed": vault.seal(number)}
        rows.append({"public_id": public_id("cv"), **sealed, **vars(arrival)})
    if rows:
        queries.came_in(writer, rows)
