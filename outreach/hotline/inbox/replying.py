"""Sends a worker's reply: one of the neutral ones or free words, never first and never late (S9).

It is drafted first: the worker sees what would go out and to whom, and every check is made again
when it is sent.
It takes the road of the automatic answers, so it skips consent as they do (S12a), and is dropped
where it can't leave in time; whoever wrote it sees at once what became of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.content.landmarks import PLACE
from outreach.content.rules.services import ONLY_IF_CHOSEN, withheld_because
from outreach.hotline import landmarks
from outreach.hotline.answering import queue
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries
from outreach.hotline.inbox.permission import until
from outreach.hotline.inbox.worker import Worker, held, look, note_down
from outreach.hotline.rules.conversation import Act, Stage
from outreach.hotline.rules.replying import MOST_PARTS
from outreach.kernel.errors import BadInput, Conflict, Refused
from outreach.kernel.mask import mask
from outreach.language.denylist import find
from outreach.language.digits import to_ascii_digits
from outreach.language.fallback import DEFAULT
from outreach.language.parts import count
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append

_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){2,}")
_NO_DIGIT = re.compile(r"\D")
# The reply whose answer is a digit (`hotline/landmarks.py`).
FINDER = "finder"
# Shorter ones are numbers only where the directory knows them: a price is none.
_LONG = 6


@dataclass(frozen=True)
class Choice:
    """What a worker wants to send: the neutral reply `name`, or the free words `body`. `seen` is
    how many replies they saw: where another one has answered since, nothing is sent."""

    name: str = ""
    body: str = ""
    seen: int = 0


@dataclass(frozen=True)
class Draft:
    """What would be sent: its words, in how many `parts`, to whom (masked), and until when."""

    text: str
    parts: int
    to: str
    until: datetime


@dataclass(frozen=True)
class _Ready:
    row: Row[Any] = field(repr=False)
    number: str = field(repr=False)
    text: str
    until: datetime


def draft(desk: Desk, conversation: str, worker: Worker, choice: Choice) -> Draft:
    """What `reply` would send now; sends nothing. Raises what that raises."""
    with transaction(desk.engine) as connection:
        made = _ready(connection, desk, conversation, worker, choice)
        return Draft(made.text, count(made.text).parts, mask(made.number), made.until)


def reply(
    desk: Desk, conversation: str, worker: Worker, choice: Choice, shown: str | None = None
) -> None:
    """Texts the person what the worker chose. `shown` are the words of the draft: where it would
    be others by now, because the person went on in another language, nothing is sent.

    Raises BadInput for words that must not go out, Refused where it is too late to text, NotFound
    or Conflict.
    """
    now = desk.clock.now()
    with transaction(desk.engine) as connection:
        made = _ready(connection, desk, conversation, worker, choice)
        row, number = made.row, made.number
        if shown not in (None, made.text):
            raise Conflict("The words would be others now: look at them again.")
        if choice.name == FINDER:
            landmarks.ask(connection, desk, number, row.language or DEFAULT, now)
        else:
            landmarks.leave(connection, desk, number, now)
        queue(connection, desk, number, made.text, now, author=worker.name, until=made.until)
        look(connection, row, worker, now)
        queries.change(connection, row.id, {"state": Stage.WAITING, "replies": row.replies + 1})
        append(connection, [Fact("help.replied", now)])
        note_down(connection, worker, "replied", conversation, now)


def _ready(
    connection: Connection, desk: Desk, conversation: str, worker: Worker, choice: Choice
) -> _Ready:
    row = held(connection, conversation, Act.REPLY, worker)
    if row.replies != choice.seen:
        raise Conflict("Somebody has answered meanwhile: read it first.")
    number = desk.help_vault.unseal(row.number_sealed)
    latest = until(connection, desk, row, number, desk.clock.now())
    if latest is None:
        raise Refused("It is too late to text: the phone may be in other hands by now.")
    neutral = choice.name
    language = row.language or DEFAULT
    text = _neutral(desk, neutral, language) if neutral else free(desk, choice.body, language)
    return _Ready(row, number, text, latest)


def free(desk: Desk, body: str, language: str) -> str:
    """Free words as they may go out, with a line in `language` where they name a service that may
    record its calls (S11); raises BadInput that says what is wrong with them."""
    text = " ".join(body.split())
    told = desk.replies.text("RECORDED", language)
    if told not in text and _recorded(desk, text):
        text = f"{text} {told}"
    hits = find(text)
    if hits:
        raise BadInput("This word gives the subject away: say it otherwise.", where=hits[0].word)
    if not text or count(text).parts > MOST_PARTS:
        raise BadInput("Write something, and not more than three SMS.")
    if _strange_numbers(desk, text):
        raise BadInput("Only numbers of the directory that are verified may be sent.")
    return text


def offered(desk: Desk, language: str) -> Mapping[str, str]:
    """The neutral replies by name, the first question of the finder last; none where they are not
    approved."""
    if not (desk.phrases.approved or desk.rehearsing):
        return {}
    asked = desk.replies.landmarks.text(PLACE, "", language or DEFAULT)
    return {**desk.phrases.replies_in(language), FINDER: asked}


def _neutral(desk: Desk, name: str, language: str) -> str:
    replies = offered(desk, language)
    if not replies:
        raise Refused("The replies are not approved by two people.")
    if name not in replies:
        raise BadInput("There is no such reply.")
    return replies[name]


def _strange_numbers(desk: Desk, text: str) -> list[str]:
    """Numbers in a text that are no service's which may be given today (S33), or are of one that
    only the person may choose (S29)."""
    today, known = desk.clock.now().date(), desk.directory.services
    given = {
        _plain(item.number)
        for item in (known if desk.directory.approved else ())
        if withheld_because(item, today) is None and item.authority not in ONLY_IF_CHOSEN
    }
    listed = {_plain(item.number) for item in known}
    return [n for n in _numbers(text) if n not in given and (len(n) >= _LONG or n in listed)]


def _recorded(desk: Desk, text: str) -> bool:
    """Whether a text names a service of which nobody knows that it records no calls."""
    services = desk.directory.services
    recording = {_plain(item.number) for item in services if item.records_calls != "no"}
    return not recording.isdisjoint(_numbers(text))


def _numbers(text: str) -> list[str]:
    return [_plain(found) for found in _NUMBER.findall(to_ascii_digits(text))]


def _plain(number: str) -> str:
    return _NO_DIGIT.sub("", number)
