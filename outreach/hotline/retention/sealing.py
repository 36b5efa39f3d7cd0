"""Seals one person's conversation at once (S23): somebody may be looking for it.

Words, numbers, notes, the code word and where they said they are go; what waits is not sent, nobody
calls, and the inbox does not know it any more. A new text begins a new conversation.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from outreach.hotline.inbox import queries as inbox
from outreach.hotline.menu import queries as menu
from outreach.hotline.queries import audit
from outreach.hotline.retention import queries
from outreach.hotline.retention.marks import mark
from outreach.hotline.rules.conversation import Outcome, Stage
from outreach.kernel.clock import Clock
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.people.rules.numbers import number_in
from outreach.store.engine import transaction


@dataclass(frozen=True)
class Sealed:
    """How many texts, answers and wishes to be called were emptied, and whether there was a
    conversation."""

    texts: int
    answers: int
    calls: int
    conversation: bool


def seal_contact(
    engine: Engine, help_vault: Vault, clock: Clock, written: str, asking: Asking
) -> Sealed:
    """Seals all that the help store holds of the number in `written` (any notation); audited, by
    the conversation's own id. Raises BadInput where it is none, or the reason is none."""
    keys, why, now = help_vault.lookups(number_in(written)), asking.words, clock.now()
    with transaction(engine) as connection:
        talk = inbox.of_person(connection, keys)
        texts = queries.texts_of(connection, keys)
        answers = queries.answers_of(connection, keys)
        calls = queries.calls_of(connection, keys)
        queries.empty_texts(connection, texts, [mark(help_vault, sid) for sid in texts.values()])
        queries.empty_answers(connection, answers)
        queries.empty_calls(connection, calls, [mark(help_vault, sid) for sid in calls.values()])
        menu.forget(connection, keys)
        if talk is not None:
            queries.empty_notes(connection, queries.notes_of(connection, talk.id))
            ended = {"state": Stage.CLOSED, "outcome": Outcome.SEALED, "closed_at": now}
            queries.empty_conversations(connection, [talk.id], due_by=None, **ended)
        subject = talk.public_id if talk is not None else ""
        audit(connection, asking.by[:40], "sealed", subject, now, why)
    return Sealed(len(texts), len(answers), len(calls), talk is not None)
