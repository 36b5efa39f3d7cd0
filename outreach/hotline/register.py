"""The part of a text that belongs to the register of people, and nothing else of it (S19): STOP,
START, JOIN, the language, and the answer to an invitation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from outreach.delivery.stopping import suppress_contact, take_hold
from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.hotline.rules import invited
from outreach.kernel.ids import public_id
from outreach.language.match import Match
from outreach.people import contacts, optout
from outreach.people.communities import joining
from outreach.people.consenting import on_day, step
from outreach.people.contacts import ContactView
from outreach.people.rules.consent import Consent, Event


class Known:
    """Who of a batch's numbers is registered; a text that changes that is seen by the next one."""

    def __init__(
        self, connection: Connection, desk: Desk, found: Mapping[str, ContactView]
    ) -> None:
        self._connection, self._desk = connection, desk
        self._contacts = dict(found)

    def contact(self, number: str) -> ContactView | None:
        """The contact with that number, or None."""
        return self._contacts.get(number)

    def expect_stops(self, numbers: Iterable[str]) -> None:
        """These are about to be obeyed when they say STOP, among others."""
        contacts = (self.contact(number) for number in numbers)
        ids = {contact.id for contact in contacts if contact}
        take_hold(self._connection, self._desk.broadcasts, ids)

    def obey(self, number: str, body: str, said: Match, now: datetime) -> None:
        """Does what a text says to the register. What is answered back never tells it (S3)."""
        contact = self.contact(number)
        if not _obey(self._connection, self._desk, number, body, said, contact, now):
            return
        self._contacts.pop(number, None)
        self._contacts |= contacts.find_by_numbers(self._connection, self._desk.vault, {number})


def _obey(
    connection: Connection,
    desk: Desk,
    number: str,
    body: str,
    said: Match,
    contact: ContactView | None,
    now: datetime,
) -> bool:
    """Whether the text said something to the register."""
    if said.opt_out:
        # Deliveries before contacts, as the senders lock them: no two wait for each other.
        if contact:
            suppress_contact(connection, desk.broadcasts, contact.id, "opted_out", now)
        optout.opt_out(connection, desk.vault, number, at=now, source="sms")
    elif said.intent == "START" and said.code is None:
        _start(connection, desk, number, said, now)
    elif said.intent == "START" and said.code is not None:
        language, vault = said.language or "", desk.vault
        if not joining.by_code(connection, vault, number, said.code, at=now, language=language):
            queries.add_alert(connection, "join_code", public_id("in"), now)
    elif said.intent == "LANG" and said.lang and contact:
        contacts.set_language(connection, contact.id, said.lang, now)
    elif contact and contact.consent == Consent.INVITED:
        _answered(connection, desk, number, invited.answer(body), now)
    else:
        return False
    return True


def _start(connection: Connection, desk: Desk, number: str, said: Match, now: datetime) -> None:
    optout.start(
        connection,
        desk.vault,
        number,
        at=now,
        source="sms",
        evidence=on_day("texted START", now, desk.wording),
        language=said.language or "",
    )


def _answered(
    connection: Connection, desk: Desk, number: str, said: str | None, now: datetime
) -> None:
    if said is None:
        return
    event = Event.ACCEPT if said == invited.YES else Event.DECLINE
    evidence = on_day(f"answered {said} to the invitation", now, desk.wording)
    step(connection, desk.vault, number, event, at=now, source="sms", evidence=evidence)
