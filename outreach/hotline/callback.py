"""Notes that somebody wants to be called: by a key in a call, the digit 9, or a missed call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from outreach.gateways.ports import InboundCall
from outreach.hotline import queries
from outreach.hotline.answering import queue
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import opening
from outreach.hotline.retention.marks import marks
from outreach.hotline.rules.answer import LOOP_WINDOW
from outreach.hotline.rules.calling import CALL_WITHIN, CallState
from outreach.people.communities import joining
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append


def ask(
    connection: Connection, desk: Desk, number: str, *, source: str, source_id: str, now: datetime
) -> bool:
    """Puts a call-back on the list; False if this source, or this number, waits already. Whoever
    waited in vain may ask again."""
    if queries.awaits_call(connection, desk.help_vault.lookups(number), now):
        return False
    added = queries.add_call_back(connection, _row(desk, number, source, source_id, now))
    if added:
        opening.asked_for_call(connection, desk, number, CALL_WITHIN, now)
        queries.add_alert(connection, "call_back", source_id, now)
        append(connection, [Fact("help.callback", now, detail=source)])
    return added


def missed_call(desk: Desk, number: str, sid: str, to: str = "") -> bool:
    """Somebody rang us: they are called back, and their own call cost nothing. Who rang the number
    of a community joins it instead, and gets the one text that says how to leave (S12)."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        language = joining.by_call(connection, desk.vault, number, to, at=now)
        if language is None:
            return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)
        keys = desk.help_vault.lookups(number)
        # A hook that comes twice, or somebody who rings again and again, is answered once.
        if not queries.recent_answers(connection, keys, now - LOOP_WINDOW):
            queue(connection, desk, number, desk.replies.text("START", language), now)
        return False


def rang_unheard(
    connection: Connection, desk: Desk, call: InboundCall, came: datetime, now: datetime
) -> bool:
    """A call that no hook told us of: called back if there is time for that still (S5), else a
    person is told; who rang a join number joins. False for one that we know of."""
    number, sid = call.number, call.sid
    if joining.by_call(connection, desk.vault, number, call.to, at=now) is not None:
        return False
    keys = desk.help_vault.lookups(number)
    names = [sid, *marks(desk.help_vault, sid)]
    if queries.knows_call(connection, names, keys, came - CALL_WITHIN, came + CALL_WITHIN):
        return False
    if now - came <= CALL_WITHIN:
        return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)
    row = _row(desk, number, "missed_call", sid, came) | {"state": CallState.TOO_LATE}
    queries.add_call_back(connection, row)
    opening.asked_for_call(connection, desk, number, CALL_WITHIN, now)
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
        "due_by": at + CALL_WITHIN,
    }
