"""Notes that somebody wants to be called: by a key in a call, the digit 9, or a missed call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.hotline.rules.calling import CallState
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append

# S5: one call-back within three minutes, then none, unless the person set it otherwise.
WITHIN = timedelta(minutes=3)


def ask(
    connection: Connection, desk: Desk, number: str, *, source: str, source_id: str, now: datetime
) -> bool:
    """Puts a call-back on the list; False if this source, or this number, waits already. Whoever
    waited in vain may ask again."""
    if queries.awaits_call(connection, desk.help_vault.lookups(number), now):
        return False
    added = queries.add_call_back(connection, _row(desk, number, source, source_id, now))
    if added:
        queries.add_alert(connection, "call_back", source_id, now)
        append(connection, [Fact("help.callback", now, detail=source)])
    return added


def missed_call(desk: Desk, number: str, sid: str) -> bool:
    """Somebody rang us: they are called back, and their own call cost nothing."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)


def rang_unheard(
    connection: Connection, desk: Desk, number: str, sid: str, came: datetime, now: datetime
) -> bool:
    """A call that no hook told us of: called back if there is time for that still (S5), else a
    person is told. False for one that we know of."""
    keys = desk.help_vault.lookups(number)
    if queries.knows_call(connection, sid, keys, came - WITHIN, came + WITHIN):
        return False
    if now - came <= WITHIN:
        return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)
    row = _row(desk, number, "missed_call", sid, came) | {"state": CallState.TOO_LATE}
    queries.add_call_back(connection, row)
    queries.add_alert(connection, "late_call", sid, now)
    return True


def _row(desk: Desk, number: str, source: str, source_id: str, at: datetime) -> dict[str, Any]:
    vault = desk.help_vault
    return {
        "source_id": source_id,
        "source": source,
        "number_key": vault.lookup(number),
        "number_sealed": vault.seal(number),
        "state": CallState.WAITING,
        "asked_at": at,
        "due_by": at + WITHIN,
    }
