"""Queues an answer in the sealed store: an automatic one, or a worker's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from outreach.hotline import queries
from outreach.hotline.desk import Desk
from outreach.hotline.rules.answer import ANSWER_WITHIN
from outreach.kernel.ids import public_id
from outreach.language.parts import count


def queue(
    connection: Connection,
    desk: Desk,
    number: str,
    body: str,
    now: datetime,
    *,
    author: str = "",
    until: datetime | None = None,
) -> None:
    """Lets `body` be sent to `number` at once, or not at all (S9); in no case after `until`.
    `author` is the worker who wrote it."""
    latest = now + ANSWER_WITHIN
    queries.add_delivery(
        connection,
        {
            "state": "pending",
            "reason": "",
            "channel": "sms",
            "zone": "Asia/Phnom_Penh",
            "due_at": now,
            "expires_at": min(latest, until or latest),
            "attempts": 0,
            "updated_at": now,
            "reference": public_id("re"),
            "number_key": desk.help_vault.lookup(number),
            "address_sealed": desk.help_vault.seal(number),
            "body_sealed": desk.help_vault.seal(body),
            "parts": count(body).parts,
            "author": author,
        },
    )
