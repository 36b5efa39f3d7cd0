"""Queues an answer in the sealed store: an automatic one, or a worker's."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from outreach.content.rules.services import for_a_text
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
    written = {"author": author, "expires_at": min(latest, until or latest)}
    sealed = row(desk, number, body, count(body).parts, now)
    queries.add_deliveries(connection, [sealed | written])


def row(desk: Desk, number: str, body: str, parts: int, now: datetime) -> dict[str, Any]:
    """An automatic answer as a row, for many at once."""
    return {
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
        "parts": parts,
        "author": "",
    }


def body(desk: Desk, topic: str, language: str, country: str | None, now: datetime) -> str:
    """What is answered on `topic` to somebody who said that they are in `country`.

    Work, and so help (S2), names one line of the directory that is open now and reachable from
    there; nothing where none is verified or the country is not known: then we call (S33).
    """
    text = desk.replies.text(topic, language)
    if topic != "JOB" or not desk.directory.approved:
        return text
    service = for_a_text(desk.directory.services, country=country, now=now)
    if service is None:
        return text
    # S11: who may be recorded is told.
    notes = () if service.records_calls == "no" else (desk.replies.text("RECORDED", language),)
    return " ".join((text, desk.replies.text("LINE", language), service.number, *notes))


@lru_cache(maxsize=256)
def parts_of_ours(text: str) -> int:
    """The parts of an automatic answer; they are few, and no worker's words among them."""
    return count(text).parts
