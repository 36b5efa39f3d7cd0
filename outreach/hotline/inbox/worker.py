"""Who acts on conversations, and which conversation they may act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.hotline.inbox import queries
from outreach.hotline.queries import audit
from outreach.hotline.rules.conversation import Act, Outcome, Stage, after, may
from outreach.kernel.errors import BadInput, Conflict, NotFound
from outreach.people.audit import Asking
from outreach.store.ledger import Fact, append


@dataclass(frozen=True)
class Worker:
    """Somebody who answers: `leads` others, is `child_trained` (S15)."""

    name: str
    leads: bool = False
    child_trained: bool = False


def known(row: Row[Any] | None) -> Row[Any]:
    """`row`; raises NotFound where there is none, or it was sealed (S23)."""
    if row is None or row.outcome == Outcome.SEALED:
        raise NotFound("There is no such conversation.")
    return row


def held(connection: Connection, conversation: str, act: Act, worker: Worker) -> Row[Any]:
    """The conversation, locked, if `worker` may do this with it; raises NotFound or Conflict."""
    row = known(queries.lock(connection, conversation))
    if after(row.state, act) is None:
        raise Conflict("This is not possible with it now: somebody was faster.")
    if not may(act, by=worker.name, assigned_to=row.assigned_to, leads=worker.leads):
        raise Conflict("Somebody else has this conversation.")
    return row


def own(connection: Connection, conversation: str, worker: Worker) -> Row[Any]:
    """The conversation, locked, if `worker` has it; raises NotFound or Conflict."""
    row = known(queries.lock(connection, conversation))
    if row.assigned_to != worker.name or row.state == Stage.CLOSED:
        raise Conflict("Take this conversation first.")
    return row


def look(connection: Connection, row: Row[Any], worker: Worker, now: datetime) -> None:
    """Notes that the one who has it looked: its clock stops, and how long the person waited for
    somebody is told to the ledger, of nobody in particular."""
    values: dict[str, Any] = {"due_by": None}
    if row.looked_at is None:
        values["looked_at"] = now
        waited = max(0, int((now - row.opened_at).total_seconds()))
        append(connection, [Fact("help.looked", now, amount=waited)])
    queries.change(connection, row.id, values)


def note_down(
    connection: Connection,
    worker: Worker,
    action: str,
    conversation: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Writes a line in the audit."""
    audit(connection, worker.name, action, conversation, now, reason)


def reason_of(worker: Worker, written: str) -> str:
    """A reason as it is kept; raises BadInput where it is none."""
    try:
        return Asking(worker.name, written).words
    except BadInput as error:
        raise BadInput(error.message) from error
