"""Asks until when a person may be texted by staff: what the register holds of how they want to be
reached is looked up for that alone, and is not kept beside the conversation (S19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from outreach.hotline.desk import Desk
from outreach.hotline.rules.replying import SafeWindow, reply_until
from outreach.people import contacts
from outreach.people.persons import safe
from outreach.people.rules.consent import Consent


def until(
    connection: Connection, desk: Desk, row: Row[Any], number: str, now: datetime
) -> datetime | None:
    """Until when staff may text the person of a conversation's `row`; None: not now."""
    last, within = row.last_text_at, desk.reply_within
    soon = reply_until(last, now, within, None)
    return soon or reply_until(last, now, within, _set(connection, desk, number))


def _set(connection: Connection, desk: Desk, number: str) -> SafeWindow | None:
    contact = contacts.find_by_number(connection, desk.vault, number)
    # STOP is for everything that we begin, whatever was set before.
    if contact is None or contact.consent == Consent.OPTED_OUT:
        return None
    kept = safe.window(connection, contact.id)
    if kept is None:
        return None
    return SafeWindow(kept.channel, kept.hours, kept.days, contact.zone, kept.ask_again_at)
