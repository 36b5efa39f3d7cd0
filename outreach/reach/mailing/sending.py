"""Sends the reports that are due by e-mail: each month's once to each reader, through any crash.

The row says *sending* before the server is asked. Who dies then leaves it so: after a while it
becomes *uncertain*, which a person looks at; nothing uncertain is sent twice by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any

import structlog
from sqlalchemy import Engine, Row

from outreach.delivery.stops.queries import scopes
from outreach.delivery.switches import EVERYTHING
from outreach.kernel.clock import Clock, SystemClock
from outreach.kernel.errors import OutreachError
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.people.audit import Asking
from outreach.reach.fold import fold
from outreach.reach.mailing import queries
from outreach.reach.mailing.letter import letter
from outreach.reach.mailing.post import NobodyKnows, NotTaken, Post
from outreach.reach.publications import links, publishing
from outreach.reach.rules.mailing import Mailing, due_month, next_try
from outreach.reach.rules.publication import next_month
from outreach.store.engine import reading, transaction

log = structlog.get_logger(__name__)

_ASKING = Asking("mail schedule", "a subscription of a reader asks for it")


@dataclass(frozen=True)
class Mailer:
    """All that sending needs: `site` is our address, `sender` whom the mail is from."""

    engine: Engine
    clock: Clock
    vault: Vault
    post: Post
    sender: str
    site: str


def waits(engine: Engine, clock: Clock) -> bool:
    """Whether there is anything to send or to put up; nothing is while everything is stopped."""
    now = clock.now()
    with reading(engine) as connection:
        if EVERYTHING in scopes(connection):
            return False
        put_up = queries.put_up_before(connection)
        due = {
            (row.id, due_month(now, row.day, row.created_at))
            for row in queries.subscriptions(connection)
        }
        new = {(reader, month) for reader, month in due if month} - put_up
        return bool(new) or bool(queries.waiting(connection, now))


def send_due(mailer: Mailer) -> int:
    """Puts up what is due and sends what waits; returns how many mails the server took. While
    everything is stopped all waits: a mail would open a door anew (S23)."""
    _put_up(mailer)
    with reading(mailer.engine) as connection:
        rows = queries.waiting(connection, mailer.clock.now())
    return sum(_send(mailer, row) for row in rows)


def _put_up(mailer: Mailer) -> None:
    now = mailer.clock.now()
    with transaction(mailer.engine) as connection:
        for row in queries.subscriptions(connection):
            month = due_month(now, row.day, row.created_at)
            if month is not None:
                mailing = {
                    "public_id": public_id("rm"),
                    "subscription_id": row.id,
                    "month": month,
                    "state": Mailing.WAITING,
                    "next_at": now,
                }
                queries.put_up(connection, mailing)


def _send(mailer: Mailer, row: Row[Any]) -> bool:
    if row.state == Mailing.SENDING:
        _settle(mailer, row, Mailing.UNCERTAIN, "whoever sent it died")
        return False
    with reading(mailer.engine) as connection:
        if EVERYTHING in scopes(connection):
            return False
    now = mailer.clock.now()
    taken = {"tries": row.tries + 1, "next_at": now}
    with transaction(mailer.engine) as connection:
        if not queries.move(connection, row, Mailing.SENDING, taken):
            return False
        row = queries.by_public_id(connection, row.public_id) or row
    try:
        message, link = _write(mailer, row)
    except OutreachError as error:
        _again(mailer, row, str(error), "")
        return False
    try:
        mailer.post.hand_over(message)
    except NotTaken as error:
        _again(mailer, row, str(error), link)
        return False
    except NobodyKnows as error:
        _settle(mailer, row, Mailing.UNCERTAIN, str(error), link)
        return False
    _settle(mailer, row, Mailing.SENT, "", link)
    return True


def _write(mailer: Mailer, row: Row[Any]) -> tuple[EmailMessage, str]:
    """The mail with a link of its own, and the link's id; publishes the month where nobody has."""
    with reading(mailer.engine) as connection:
        reader = queries.subscription(connection, row.subscription_id)
    report = _published(mailer, row.month)
    link = links.make_link(
        mailer.engine, SystemClock(), report, reader.name, reader.link_days, _ASKING
    )
    message = letter(
        publishing.published_document(mailer.engine, report),
        reader.language,
        sender=mailer.sender,
        reader=mailer.vault.unseal(reader.address_sealed),
        address=f"{mailer.site}/r/{link.token}/",
        days=reader.link_days,
        at=mailer.clock.now(),
        message_id=f"<{row.public_id}@{mailer.sender.partition('@')[2]}>",
        with_pdf=reader.with_pdf,
    )
    return message, link.public_id


def _published(mailer: Mailer, month: date) -> str:
    """The month's last publication; every reader of a month gets the same one."""
    name = publishing.period_name(month)
    for known in publishing.publications(mailer.engine):
        if known.period == name:
            return known.public_id
    fold(mailer.engine)
    last = date.fromordinal(next_month(month).toordinal() - 1)
    made = publishing.publish_period(mailer.engine, mailer.clock, month, last, _ASKING)
    return made.public_id


def _again(mailer: Mailer, row: Row[Any], problem: str, link: str) -> None:
    """Tries it later, or not any more; a link that went nowhere ends."""
    if link:
        links.revoke(mailer.engine, SystemClock(), link, _ASKING)
    later = next_try(mailer.clock.now(), row.tries)
    state = Mailing.WAITING if later else Mailing.FAILED
    _settle(mailer, row, state, problem, next_at=later)


def _settle(
    mailer: Mailer,
    row: Row[Any],
    state: Mailing,
    problem: str,
    link: str = "",
    next_at: datetime | None = None,
) -> None:
    values = {"problem": problem[:200], "link": link, "next_at": next_at or row.next_at}
    with transaction(mailer.engine) as connection:
        queries.move(connection, row, state, values)
    if state in (Mailing.UNCERTAIN, Mailing.FAILED):
        log.warning("a report by e-mail needs a person", mailing=row.public_id, state=state)
