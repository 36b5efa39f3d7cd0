"""Makes what comes in part of its person's conversation, and sets the clock on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries
from outreach.hotline.rules.conversation import Stage
from outreach.hotline.rules.urgency import Urgency, leaves, look_by, urgency
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.language.match import Match


@dataclass(frozen=True)
class Word:
    """A text from `number` came in, at `came`, which may be long ago."""

    number: str
    said: Match
    came: datetime


def texted(connection: Connection, desk: Desk, words: Sequence[Word], now: datetime) -> None:
    """Texts came in, in this order."""
    vault = desk.help_vault
    rows: list[tuple[str, dict[str, Any]]] = []
    for word in words:
        hurry = urgency(word.said.intent)
        if hurry is not None:
            row = _row(vault, word.number, hurry, word.came, look_by(hurry, now))
            row |= {
                "language": word.said.language or "",
                "child": word.said.intent == "CHILD",
                "last_text_at": word.came,
            }
            rows.append((word.number, row))
        elif leaves(word.said.intent):
            _come_in(connection, vault, rows)  # what was written before is what is left behind
            rows = []
            keys = vault.lookups(word.number)
            queries.left(connection, keys, word.came)
            queries.withdraw(connection, keys, now)
    _come_in(connection, vault, rows)


def asked_for_call(
    connection: Connection, desk: Desk, number: str, within: timedelta, now: datetime
) -> None:
    """Somebody wants to be called, which has to happen `within` that time (S5)."""
    row = _row(desk.help_vault, number, Urgency.URGENT, now, now + within)
    _come_in(connection, desk.help_vault, [(number, row)])


def _come_in(
    connection: Connection, vault: Vault, rows: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    for number in {number: None for number, _ in rows}:
        key, *older = vault.lookups(number)
        if older:
            queries.bring_along(connection, key, older)
    if rows:
        queries.came_in(connection, [row for _, row in rows])


def _row(
    vault: Vault, number: str, hurry: Urgency, came: datetime, due_by: datetime
) -> dict[str, Any]:
    return {
        "public_id": public_id("cv"),
        "number_key": vault.lookup(number),
        "number_sealed": vault.seal(number),
        "code_sealed": b"",
        "state": Stage.NEW,
        "urgency": hurry,
        "child": False,
        "language": "",
        "assigned_to": "",
        "replies": 0,
        "opened_at": came,
        "last_in_at": came,
        "last_text_at": None,
        "due_by": due_by,
        "looked_at": None,
        "closed_at": None,
        "outcome": "",
    }
