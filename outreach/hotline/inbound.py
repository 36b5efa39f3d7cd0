"""Takes in a text: understands it, applies STOP or START, queues the answer, calls a person.

All in one transaction before the hook is answered: if the process dies before the commit, the
gateway delivers the text again, and its SID makes sure that it counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from outreach.delivery.stopping import suppress_contact
from outreach.gateways.ports import Inbound
from outreach.hotline import queries
from outreach.hotline.answering import queue
from outreach.hotline.callback import WITHIN, ask
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import opening
from outreach.hotline.rules import invited
from outreach.hotline.rules.answer import ANSWER_WITHIN, LOOP_WINDOW, decide
from outreach.kernel.ids import public_id
from outreach.language.fallback import pick
from outreach.language.match import Match, match
from outreach.people import contacts, optout
from outreach.people.communities import joining
from outreach.people.consenting import on_day, step
from outreach.people.persons import safe
from outreach.people.rules.consent import Consent, Event
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append


@dataclass(frozen=True)
class Heard:
    """What became of a text: `new` is False for one that had come before."""

    new: bool
    intent: str = ""
    answered: bool = False


@dataclass(frozen=True)
class Told:
    """What the sender told us before: their language, and whether STOP gets a line back (S4)."""

    language: str | None
    stop_reply: bool


def receive(desk: Desk, texts: Sequence[Inbound]) -> list[Heard]:
    """Takes in `texts` in one transaction."""
    with transaction(desk.engine) as connection:
        return receive_in(connection, desk, texts)


def receive_in(connection: Connection, desk: Desk, texts: Sequence[Inbound]) -> list[Heard]:
    """The same inside the caller's transaction."""
    heard: dict[int, Heard] = {}
    # By number, so that two processes lock their conversations in one order and none waits for the
    # other; a person's own texts stay in theirs.
    for index, text in sorted(enumerate(texts), key=lambda item: item[1].sender_number):
        heard[index] = _one(connection, desk, text, desk.clock.now())
    return [heard[index] for index in range(len(texts))]


def _one(connection: Connection, desk: Desk, text: Inbound, now: datetime) -> Heard:
    understood = match(text.body)
    came = text.at or now
    reference = public_id("in")
    if not _store(connection, desk, text, understood, came):
        return Heard(new=False)
    keys = desk.help_vault.lookups(text.sender_number)
    # A text that the hook missed may be older than the person's last word on the matter.
    outdated = text.at is not None and queries.newer_word(connection, keys, came)
    told = _consent(connection, desk, text, None if outdated else understood, now)
    opening.texted(connection, desk, text.sender_number, understood, came, now)
    recent = queries.recent_answers(connection, keys, now - LOOP_WINDOW)
    decision = decide(
        understood.intent,
        opted_out=understood.opt_out,
        recent=recent,
        late=now - came > ANSWER_WITHIN,
    )
    if decision.alert:
        queries.add_alert(connection, decision.alert, reference, now)
    in_time = now - came <= WITHIN
    if understood.intent == "HELP" and _asks_for_call(text.body) and in_time:
        ask(connection, desk, text.sender_number, source="sms", source_id=text.sid, now=now)
    facts = [Fact("help.conversation", now, detail=understood.intent.lower())]
    append(connection, facts)
    if decision.answer is None or (decision.answer == "STOP" and not told.stop_reply):
        return Heard(True, understood.intent)
    language = understood.lang or pick(understood.language, told.language, desk.replies.languages)
    body = desk.replies.text(decision.answer, language)
    queue(connection, desk, text.sender_number, body, now)
    return Heard(True, understood.intent, answered=True)


def _store(
    connection: Connection, desk: Desk, text: Inbound, understood: Match, came: datetime
) -> bool:
    """Keeps a text once; False for one that had come before."""
    return queries.add_inbound(
        connection,
        {
            "sid": text.sid,
            "number_key": desk.help_vault.lookup(text.sender_number),
            "number_sealed": desk.help_vault.seal(text.sender_number),
            "body_sealed": desk.help_vault.seal(text.body),
            "intent": understood.intent,
            "language": understood.language or "",
            "at": came,
        },
    )


def _consent(
    connection: Connection, desk: Desk, text: Inbound, understood: Match | None, now: datetime
) -> Told:
    """The part of a text that belongs to the register: STOP, START, JOIN and the language; None
    where the person has said another thing since.

    An answer to the invitation counts as such; what is answered back never tells it (S3).
    """
    contact = contacts.find_by_number(connection, desk.vault, text.sender_number)
    if understood is not None:
        _obey(connection, desk, text, contact, understood, now)
    if contact is None:
        return Told(None, stop_reply=True)
    return Told(contact.language, stop_reply=safe.stop_reply(connection, contact.id))


def _obey(
    connection: Connection,
    desk: Desk,
    text: Inbound,
    contact: contacts.ContactView | None,
    understood: Match,
    now: datetime,
) -> None:
    number = text.sender_number
    if understood.opt_out:
        # Deliveries before contacts, as the senders lock them: no two wait for each other.
        if contact:
            suppress_contact(connection, desk.broadcasts, contact.id, "opted_out", now)
        optout.opt_out(connection, desk.vault, number, at=now, source="sms")
    elif understood.intent == "START" and understood.code is None:
        _start(connection, desk, number, understood, now)
    elif understood.intent == "START" and understood.code is not None:
        language = understood.language or ""
        vault, code = desk.vault, understood.code
        if not joining.by_code(connection, vault, number, code, at=now, language=language):
            queries.add_alert(connection, "join_code", text.sid, now)
    elif understood.intent == "LANG" and understood.lang and contact:
        contacts.set_language(connection, contact.id, understood.lang, now)
    elif contact and contact.consent == Consent.INVITED:
        _answered(connection, desk, number, invited.answer(text.body), now)


def _start(
    connection: Connection, desk: Desk, number: str, understood: Match, now: datetime
) -> None:
    optout.start(
        connection,
        desk.vault,
        number,
        at=now,
        source="sms",
        evidence=on_day("texted START", now, desk.wording),
        language=understood.language or "",
    )


def _answered(
    connection: Connection, desk: Desk, number: str, said: str | None, now: datetime
) -> None:
    if said is None:
        return
    event = Event.ACCEPT if said == invited.YES else Event.DECLINE
    evidence = on_day(f"answered {said} to the invitation", now, desk.wording)
    step(connection, desk.vault, number, event, at=now, source="sms", evidence=evidence)


def _asks_for_call(body: str) -> bool:
    # The digit 9 alone means "a person calls me back", by SMS as in a call (S7).
    return match(body).matched.startswith("9")
