"""Makes what comes in part of its person's conversation, and sets the clock on it."""

from __future__ import annotations

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


def texted(
    connection: Connection, desk: Desk, number: str, said: Match, came: datetime, now: datetime
) -> None:
    """A text came in (at `came`, maybe long before `now`)."""
    vault, hurry = desk.help_vault, urgency(said.intent)
    if hurry is not None:
        row = _row(vault, number, hurry, came, look_by(hurry, now))
        row |= {
            "language": said.language or "",
            "child": said.intent == "CHILD",
            "last_text_at": came,
        }
        _come_in(connection, vault, number, row)
    elif leaves(said.intent):
        keys = vault.lookups(number)
        queries.left(connection, keys, came)
        queries.withdraw(connection, keys, now)


def asked_for_call(
    connection: Connection, desk: Desk, number: str, within: timedelta, now: datetime
) -> None:
    """Somebody wants to be called, which has to happen `within` that time (S5)."""
    row = _row(desk.help_vault, number, Urgency.URGENT, now, now + within)
    _come_in(connection, desk.help_vault, number, row)


def _come_in(connection: Connection, vault: Vault, number: str, row: dict[str, Any]) -> None:
    key, *older = vault.lookups(number)
    if older:
        queries.bring_along(connection, key, older)
    queries.came_in(connection, row)


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
