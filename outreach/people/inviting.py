"""Marks people as invited at the moment when their one invitation leaves (S13)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from outreach.people import queries
from outreach.people.consenting import on_day
from outreach.people.history import Step, note
from outreach.people.rules.consent import Consent, Event, after


def invite(connection: Connection, contact_ids: Collection[int], now: datetime) -> None:
    """From now on there is silence until they answer. The caller holds the register and has locked
    the contacts."""
    rows = queries.contacts(connection, contact_ids)
    asked = [row for row in rows if row.consent == Consent.LISTED]
    gone = after(Consent.LISTED, Event.INVITE)
    queries.set_contacts(
        connection, [{"b_id": row.id, "consent": gone, "updated_at": now} for row in asked]
    )
    evidence = on_day("invitation", now, "")
    note(
        connection,
        [
            Step(
                row.id,
                row.number_key,
                Consent.LISTED,
                gone,
                "campaign",
                dict(row._mapping),
                evidence,
            )
            for row in asked
        ],
        now,
    )
