"""What workers do with a conversation: take it, pass it on, note something, close it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries
from outreach.hotline.inbox.worker import Worker, held, known, look, note_down, own, reason_of
from outreach.hotline.rules.conversation import OUTCOMES, Act, Stage
from outreach.hotline.rules.urgency import look_by
from outreach.kernel.errors import BadInput, Refused
from outreach.kernel.mask import scrub
from outreach.kernel.sealing import Vault
from outreach.staff.accounts import accounts
from outreach.staff.rules.roles import May, allowed
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append

NOTE_MOST, CODE_MOST = 1_000, 40


@dataclass(frozen=True)
class Number:
    """A person's number, for a call that they asked for, and the word they know us by."""

    number: str = field(repr=False)
    code: str = field(repr=False)
    child: bool = False


def take(desk: Desk, conversation: str, worker: Worker) -> None:
    """Gives the conversation to `worker`, and stops its clock; raises NotFound or Conflict."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = held(connection, conversation, Act.TAKE, worker)
        queries.change(connection, row.id, {"state": Stage.ASSIGNED, "assigned_to": worker.name})
        look(connection, row, worker, now)
        note_down(connection, worker, "took", conversation, now)
        _note(connection, desk.help_vault, row.id, "took", worker, "", now)


def hand_over(desk: Desk, conversation: str, worker: Worker, to: str, note: str) -> None:
    """Gives it to another worker, with a note; its clock starts anew for them. Raises NotFound,
    Conflict or BadInput."""
    words, now = _words(note, NOTE_MOST, must=True), desk.clock.now()
    if to == worker.name or to not in colleagues(desk):
        raise BadInput("Choose a colleague of the hotline.")
    with transaction(desk.engine) as connection:
        row = held(connection, conversation, Act.HAND_OVER, worker)
        values = {"state": Stage.ASSIGNED, "assigned_to": to, "due_by": look_by(row.urgency, now)}
        queries.change(connection, row.id, values)
        note_down(connection, worker, "handed over", conversation, now)
        _note(connection, desk.help_vault, row.id, "hand_over", worker, words, now)


def release(desk: Desk, conversation: str, worker: Worker) -> None:
    """Gives it back to nobody, with its clock started anew; raises NotFound or Conflict."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = held(connection, conversation, Act.RELEASE, worker)
        values = {"state": Stage.NEW, "assigned_to": "", "due_by": look_by(row.urgency, now)}
        queries.change(connection, row.id, values)
        note_down(connection, worker, "gave back", conversation, now)
        _note(connection, desk.help_vault, row.id, "release", worker, "", now)


def close(desk: Desk, conversation: str, worker: Worker, outcome: str) -> None:
    """Ends it with one of OUTCOMES; a new text of the person opens it again. Raises BadInput,
    NotFound or Conflict."""
    if outcome not in OUTCOMES:
        raise BadInput("Choose how it ended.")
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = held(connection, conversation, Act.CLOSE, worker)
        values = {"state": Stage.CLOSED, "outcome": outcome, "closed_at": now, "due_by": None}
        queries.change(connection, row.id, values)
        append(connection, [Fact("help.closed", now, detail=outcome)])
        note_down(connection, worker, "closed", conversation, now)
        _note(connection, desk.help_vault, row.id, "close", worker, "", now)


def note(desk: Desk, conversation: str, worker: Worker, body: str) -> None:
    """Notes something for the next worker, sealed; raises BadInput, NotFound or Conflict."""
    words, now = _words(body, NOTE_MOST, must=True), desk.clock.now()
    with transaction(desk.engine) as connection:
        row = own(connection, conversation, worker)
        note_down(connection, worker, "noted", conversation, now)
        _note(connection, desk.help_vault, row.id, "note", worker, words, now)


def set_child(desk: Desk, conversation: str, worker: Worker, *, child: bool) -> None:
    """Says whether the person is under 18 (S15); raises NotFound or Conflict."""
    with transaction(desk.engine) as connection:
        row = own(connection, conversation, worker)
        queries.change(connection, row.id, {"child": child})
        action = "marked a child" if child else "unmarked a child"
        note_down(connection, worker, action, conversation, desk.clock.now())


def set_code(desk: Desk, conversation: str, worker: Worker, word: str) -> None:
    """Keeps the word that was agreed by voice (S6), or forgets it ("")."""
    said = _words(word, CODE_MOST, must=False)
    if scrub(said) != said:
        raise BadInput("A code word is no number.")
    with transaction(desk.engine) as connection:
        row = own(connection, conversation, worker)
        sealed = desk.help_vault.seal(said) if said else b""
        queries.change(connection, row.id, {"code_sealed": sealed})
        note_down(connection, worker, "set the code word", conversation, desk.clock.now())


def see_number(desk: Desk, conversation: str, worker: Worker, reason: str) -> Number:
    """The number, to whoever has the conversation, for a written reason; it is audited. A child is
    called by child-trained staff alone (S15). Raises BadInput, Conflict, NotFound or Refused."""
    why, vault = reason_of(worker, reason), desk.help_vault
    with transaction(desk.engine) as connection:
        row = known(own(connection, conversation, worker))
        if row.child and not worker.child_trained:
            raise Refused("Only child-trained staff may call here.")
        now = desk.clock.now()
        note_down(connection, worker, "saw the number of", conversation, now, why)
        code = vault.unseal(row.code_sealed) if row.code_sealed else ""
        return Number(vault.unseal(row.number_sealed), code, row.child)


def colleagues(desk: Desk) -> tuple[str, ...]:
    """Everybody who may answer, by name."""
    return tuple(
        account.name
        for account in accounts(desk.engine)
        if account.state == "open" and May.ANSWER_HELP in allowed(account.roles)
    )


def _words(written: str, most: int, *, must: bool) -> str:
    words = written.strip()
    if len(words) > most or (must and not words):
        raise BadInput(f"Write 1 to {most} characters.")
    return words


def _note(
    connection: Connection,
    vault: Vault,
    conversation_id: int,
    kind: str,
    worker: Worker,
    words: str,
    now: datetime,
) -> None:
    row: dict[str, Any] = {"conversation_id": conversation_id, "kind": kind, "by": worker.name}
    sealed = vault.seal(words) if words else b""
    queries.add_note(connection, row | {"body_sealed": sealed, "at": now})
