"""Reads one conversation: what was said, by whom, and what of it arrived. Each reading is audited
with its reason (S22); the number is not part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.hotline import landmarks
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries
from outreach.hotline.inbox.listing import Head, head
from outreach.hotline.inbox.permission import until
from outreach.hotline.inbox.worker import Worker, known, look, note_down, reason_of
from outreach.hotline.landmarks import Whereabouts
from outreach.hotline.rules.conversation import Stage
from outreach.hotline.rules.replying import TROUBLE
from outreach.kernel.sealing import Vault
from outreach.store.engine import reading, transaction

_SHOWN = 200


@dataclass(frozen=True)
class Entry:
    """One thing that was said or done. `kind`: text (the person's), answer (automatic), reply (by
    the worker `by`), call (asked for), or what a note is. `state` says how it went; `body` is ""
    where it was redacted."""

    at: datetime
    kind: str
    by: str
    body: str = field(repr=False)
    state: str = ""
    reason: str = ""

    @property
    def unsent(self) -> bool:
        """Whether it did not reach the person, or nobody knows (S9)."""
        return self.kind in ("answer", "reply") and self.state in TROUBLE


@dataclass(frozen=True)
class Thread:
    """A conversation as it is read. `until` is until when it may be answered by text (None: not
    any more), `replies` how many replies there were, `heard` how often the person wrote or asked to
    be called, `mine` whether the reader has it, `whereabouts` where the person said they are."""

    head: Head
    entries: tuple[Entry, ...]
    code: str = field(repr=False)
    until: datetime | None
    replies: int
    heard: int
    mine: bool
    whereabouts: Whereabouts | None


@dataclass(frozen=True)
class Standing:
    """What changes while somebody looks at a conversation: how the newest replies stand, and how
    often the person has written or asked to be called."""

    sent: tuple[Entry, ...]
    heard: int


def glance(engine: Engine, conversation: str) -> Head:
    """What anybody of the hotline may see of it without a reason; raises NotFound."""
    with reading(engine) as connection:
        return head(known(queries.find(connection, conversation)))


def read(desk: Desk, conversation: str, worker: Worker, reason: str = "") -> Thread:
    """The conversation; whoever has it needs no other reason, and stops its clock by looking.
    Raises NotFound, or BadInput where a reason is needed."""
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        row = known(queries.lock(connection, conversation))
        mine = row.assigned_to == worker.name and row.state != Stage.CLOSED
        why = "has it" if mine else reason_of(worker, reason)
        note_down(connection, worker, "read", conversation, now, why)
        if mine and row.due_by is not None:
            look(connection, row, worker, now)
            row = known(queries.find(connection, conversation))
        return _thread(connection, desk, row, mine=mine, now=now)


def standing(engine: Engine, vault: Vault, conversation: str) -> Standing:
    """How it stands, without what anybody says; raises NotFound."""
    with reading(engine) as connection:
        row = known(queries.find(connection, conversation))
        keys = _keys(vault, _open(vault, row.number_sealed))
        sent = queries.answers(connection, keys, _SHOWN)
        heard = queries.heard(connection, keys)
    replies = [item for item in sent if item.author][:3]
    return Standing(
        tuple(
            Entry(item.due_at, "reply", item.author, "", item.state, item.reason)
            for item in reversed(replies)
        ),
        heard,
    )


def _thread(
    connection: Connection, desk: Desk, row: Row[Any], *, mine: bool, now: datetime
) -> Thread:
    vault = desk.help_vault
    number = _open(vault, row.number_sealed)
    keys = _keys(vault, number)
    entries = [*_said(connection, vault, keys), *_noted(connection, vault, row.id)]
    return Thread(
        head=head(row),
        entries=tuple(sorted(entries, key=lambda entry: entry.at)),
        code=_open(vault, row.code_sealed),
        until=until(connection, desk, row, number, now) if number else None,
        replies=row.replies,
        heard=queries.heard(connection, keys),
        mine=mine,
        whereabouts=landmarks.of(connection, desk, keys) if keys else None,
    )


def _keys(vault: Vault, number: str) -> Sequence[bytes]:
    return vault.lookups(number) if number else []


def _said(connection: Connection, vault: Vault, keys: Sequence[bytes]) -> Iterator[Entry]:
    """The oldest first: what came at one moment stays in its order."""
    for text in reversed(queries.texts(connection, keys, _SHOWN)):
        yield Entry(text.at, "text", "", _open(vault, text.body_sealed), reason=text.intent)
    for sent in reversed(queries.answers(connection, keys, _SHOWN)):
        kind, body = "reply" if sent.author else "answer", _open(vault, sent.body_sealed)
        yield Entry(sent.due_at, kind, sent.author, body, sent.state, sent.reason)
    for call in reversed(queries.calls(connection, keys, _SHOWN)):
        yield Entry(call.asked_at, "call", call.taken_by, "", call.state, call.source)


def _noted(connection: Connection, vault: Vault, conversation_id: int) -> Iterator[Entry]:
    for note in reversed(queries.notes(connection, conversation_id, _SHOWN)):
        yield Entry(note.at, note.kind, note.by, _open(vault, note.body_sealed))


def _open(vault: Vault, sealed: bytes) -> str:
    return vault.unseal(sealed) if sealed else ""
