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
from outreach.hotline.callback import WITHIN, ask
from outreach.hotline.desk import Desk
from outreach.hotline.rules.answer import ANSWER_WITHIN, LOOP_WINDOW, decide
from outreach.kernel.ids import public_id
from outreach.language.fallback import pick
from outreach.language.match import Match, match
from outreach.language.parts import count
from outreach.people import contacts, optout
from outreach.store.engine import transaction
from outreach.store.ledger import Fact, append


@dataclass(frozen=True)
class Heard:
    """What became of a text: `new` is False for one that had come before."""

    new: bool
    intent: str = ""
    answered: bool = False


def receive(desk: Desk, texts: Sequence[Inbound]) -> list[Heard]:
    """Takes in `texts` in one transaction."""
    with transaction(desk.engine) as connection:
        return receive_in(connection, desk, texts)


def receive_in(connection: Connection, desk: Desk, texts: Sequence[Inbound]) -> list[Heard]:
    """The same inside the caller's transaction."""
    return [_one(connection, desk, text, desk.clock.now()) for text in texts]


def _one(connection: Connection, desk: Desk, text: Inbound, now: datetime) -> Heard:
    understood = match(text.body)
    came = text.at or now
    reference = public_id("in")
    stored = queries.add_inbound(
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
    if not stored:
        return Heard(new=False)
    keys = desk.help_vault.lookups(text.sender_number)
    # A text that the hook missed may be older than the person's last word on the matter.
    outdated = text.at is not None and queries.newer_word(connection, keys, came)
    told = _consent(connection, desk, text.sender_number, None if outdated else understood, now)
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
    if decision.answer is None:
        return Heard(True, understood.intent)
    language = understood.lang or pick(understood.language, told, desk.replies.languages)
    _queue(connection, desk, text.sender_number, desk.replies.text(decision.answer, language), now)
    return Heard(True, understood.intent, answered=True)


def _consent(
    connection: Connection, desk: Desk, number: str, understood: Match | None, now: datetime
) -> str | None:
    """The part of a text that belongs to the register: STOP, START and the language; None where
    the person has said another thing since.

    Returns the language that the person had set, if we know them.
    """
    contact = contacts.find_by_number(connection, desk.vault, number)
    if understood is None:
        return contact.language if contact else None
    if understood.opt_out:
        # Deliveries before contacts, as the senders lock them: no two wait for each other.
        if contact:
            suppress_contact(connection, desk.broadcasts, contact.id, "opted_out", now)
        optout.opt_out(connection, desk.vault, number, at=now, source="sms")
    elif understood.intent == "START":
        optout.end_opt_out(connection, desk.vault, number, at=now, source="sms")
    elif understood.intent == "LANG" and understood.lang and contact:
        contacts.set_language(connection, contact.id, understood.lang, now)
    return contact.language if contact else None


def _asks_for_call(body: str) -> bool:
    # The digit 9 alone means "a person calls me back", by SMS as in a call (S7).
    return match(body).matched.startswith("9")


def _queue(connection: Connection, desk: Desk, number: str, body: str, now: datetime) -> None:
    queries.add_delivery(
        connection,
        {
            "state": "pending",
            "reason": "",
            "channel": "sms",
            "zone": "Asia/Phnom_Penh",
            "due_at": now,
            "expires_at": now + ANSWER_WITHIN,
            "attempts": 0,
            "updated_at": now,
            "reference": public_id("re"),
            "number_key": desk.help_vault.lookup(number),
            "address_sealed": desk.help_vault.seal(number),
            "body_sealed": desk.help_vault.seal(body),
            "parts": count(body).parts,
        },
    )
