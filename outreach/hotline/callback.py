"""Notes that somebody wants to be called: by a key in a call, the digit 9, or a missed call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.gateways.ports import InboundCall
from outreach.hotline import queries
from outreach.hotline.answering import queue
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import opening
from outreach.hotline.retention.marks import marks
from outreach.hotline.rules.answer import ANSWER_WITHIN, LOOP_WINDOW
from outreach.hotline.rules.calling import CALL_WITHIN, CallState
from outreach.kernel.ids import public_id
from outreach.people import optout
from outreach.people.communities import joining
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append


def ask(
    connection: Connection, desk: Desk, number: str, *, source: str, source_id: str, now: datetime
) -> bool:
    """Puts a call-back on the list; False if this source, or this number, waits already. Whoever
    waited in vain may ask again."""
    keys = desk.help_vault.lookups(number)
    if queries.asked_for_call(connection, source_id, keys, now):
        return False
    # The person's conversation is held from here on: who asks in the same moment by another way
    # comes second, and is found to wait.
    opening.asked_for_call(connection, desk, number, CALL_WITHIN, now)
    if queries.asked_for_call(connection, source_id, keys, now):
        return False
    added = queries.add_call_back(connection, _row(desk, number, source, source_id, now))
    if added:
        queries.add_alert(connection, "call_back", public_id("in"), now)
        append(connection, [Fact("help.callback", now, detail=source)])
    return added


def missed_call(desk: Desk, number: str, sid: str, to: str = "") -> bool:
    """Somebody rang us: they are called back, and their own call cost nothing. Who rang the number
    of a community joins it instead, and gets the one text that says how to leave (S12)."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        community = joining.rung(connection, to, now)
        if community is not None:
            _join(connection, desk, community, number, sid, now, now)
            return False
        return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)


def rang_unheard(
    connection: Connection, desk: Desk, call: InboundCall, came: datetime, now: datetime
) -> bool:
    """A call that no hook told us of: called back if there is time for that still (S5), else a
    person is told; who rang a join number joins, unless they left since. False for one that we know
    of, whatever its number was then, or that says nothing any more."""
    number, sid = call.number, call.sid
    if queries.knows_call(connection, [sid, *marks(desk.help_vault, sid)]):
        return False
    community = joining.rung(connection, call.to, came)
    if community is not None:
        left = _left(connection, desk, number, came)
        return not left and _join(connection, desk, community, number, sid, came, now)
    keys = desk.help_vault.lookups(number)
    if queries.asked_between(connection, keys, came - CALL_WITHIN, came + CALL_WITHIN):
        return False
    if now - came <= CALL_WITHIN:
        return ask(connection, desk, number, source="missed_call", source_id=sid, now=now)
    row = _row(desk, number, "missed_call", sid, came) | {"state": CallState.TOO_LATE}
    queries.add_call_back(connection, row)
    opening.asked_for_call(connection, desk, number, CALL_WITHIN, now)
    queries.add_alert(connection, "late_call", public_id("in"), now)
    return True


def _left(connection: Connection, desk: Desk, number: str, came: datetime) -> bool:
    """Whether somebody who rang at `came` has left since, in whichever way."""
    return optout.stopped_since(
        connection, desk.vault, number, came, by_text=True
    ) or optout.ended_since(connection, desk.vault, number, came)


def _join(
    connection: Connection,
    desk: Desk,
    community: Row[Any],
    number: str,
    sid: str,
    came: datetime,
    now: datetime,
) -> bool:
    """Joins who rang at `came`, and tells them how to leave, or a person where it is too late for
    that (S9); False for a call known before."""
    if not queries.add_join_call(connection, marks(desk.help_vault, sid), now):
        return False
    joining.by_call(connection, desk.vault, number, community, at=now)
    keys = desk.help_vault.lookups(number)
    if now - came >= ANSWER_WITHIN:
        queries.add_alert(connection, "answer_dropped", public_id("in"), now)
    # Somebody who rings again and again is answered once.
    elif not queries.recent_answers(connection, keys, now - LOOP_WINDOW).all(connection):
        text = desk.replies.text("START", community.language)
        queue(connection, desk, number, text, now, until=came + ANSWER_WITHIN)
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
