"""Notes that somebody wants to be called: by a key in a call, the digit 9, or a missed call."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append

# S5: one call-back within three minutes, then none, unless the person set it otherwise.
_WITHIN = timedelta(minutes=3)


def ask(
    connection: Connection, desk: Desk, number: str, *, source: str, source_id: str, now: datetime
) -> bool:
    """Puts a call-back on the list; False if this source, or this number, waits already."""
    vault = desk.help_vault
    if queries.waiting_call_backs(connection, vault.lookups(number)):
        return False
    added = queries.add_call_back(
        connection,
        {
            "source_id": source_id,
            "source": source,
            "number_key": vault.lookup(number),
            "number_sealed": vault.seal(number),
            "state": "waiting",
            "asked_at": now,
            "due_by": now + _WITHIN,
        },
    )
    if added:
        queries.add_alert(connection, "call_back", source_id, now)
        append(connection, [Fact("help.callback", now, detail=source)])
    return added


def missed_call(desk: Desk, number: str, sid: str) -> bool:
    """Somebody rang us: they are called back, and their own call cost nothing."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)
