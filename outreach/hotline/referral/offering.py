"""Offers a person a service that they choose or decline, and follows it until it took over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.content.rules.services import Service
from outreach.hotline.desk import Desk
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.inbox.worker import Worker, known, note_down, own
from outreach.hotline.queries import audit
from outreach.hotline.referral import queries
from outreach.hotline.rules.referral import (
    MOVES,
    Outcome,
    Stage,
    may_move,
    on_offer,
    refused_because,
)
from outreach.kernel.errors import BadInput, Conflict, NotFound, Refused
from outreach.kernel.ids import public_id
from outreach.staff.accounts import accounts
from outreach.store.engine import reading, transaction
from outreach.store.ledger import Fact, append

_LISTED = 100
# The column that holds when a stage was reached.
_AT = {
    Stage.ACCEPTED: "accepted_at",
    Stage.HANDED: "handed_at",
    Stage.ACKNOWLEDGED: "acknowledged_at",
    Stage.DECLINED: "closed_at",
    Stage.CLOSED: "closed_at",
}
# What a coordinator may say of a referral; all else is for the hotline.
COORDINATORS = (Stage.ACKNOWLEDGED, Stage.CLOSED)


@dataclass(frozen=True)
class Offer:
    """A referral as it is shown. `service` is the name of the service, `next` what may follow;
    `times` are when each stage was reached."""

    id: str
    service: str
    category: str
    country: str
    authority: str
    province: str
    state: Stage
    outcome: str
    times: tuple[tuple[Stage, datetime], ...]
    next: tuple[Stage, ...]
    child: bool = False
    language: str = ""


@dataclass(frozen=True)
class Choice:
    """What can be offered now: `free` to anybody, `official` only where the person asks for it."""

    free: tuple[Service, ...]
    official: tuple[Service, ...]


def choice(desk: Desk, country: str, *, child: bool = False) -> Choice:
    """What the directory has for somebody in `country` now; nothing before it is approved (S31)."""
    services = desk.directory.services if desk.directory.approved else ()
    return Choice(*on_offer(services, country=country, now=desk.clock.now(), child=child))


def countries(desk: Desk) -> tuple[str, ...]:
    """Where some service is reached from."""
    return tuple(sorted({code for item in desk.directory.services for code in item.reachable_from}))


def coordinated(desk: Desk) -> tuple[str, ...]:
    """The provinces that have a coordinator."""
    return tuple(
        sorted({a.province for a in accounts(desk.engine) if a.province and a.state == "open"})
    )


def offer(
    desk: Desk,
    conversation: str,
    worker: Worker,
    service: str,
    *,
    country: str,
    chosen: bool = False,
    province: str = "",
) -> None:
    """Notes that the person was told of a service; `province` is whose coordinator they want to
    follow it. Raises Refused where it may not be offered, NotFound or Conflict."""
    now = desk.clock.now()
    services = desk.directory.services if desk.directory.approved else ()
    found = next((item for item in services if item.id == service), None)
    if found is None or (province and province not in coordinated(desk)):
        raise NotFound("There is no such service.")
    with transaction(desk.engine) as connection:
        row = own(connection, conversation, worker)
        before = {item.service for item in queries.of_conversation(connection, row.id)}
        why = refused_because(
            found, country=country, now=now, chosen=chosen, others=services, offered=before
        )
        if why is not None:
            raise Refused(why)
        made = _new(row.id, found, worker.name, now)
        chose = {"country": country, "chosen": chosen, "province": province}
        queries.add(connection, made | chose)
        append(connection, [Fact("help.referral", now, detail=Stage.OFFERED)])
        note_down(connection, worker, "offered a service", conversation, now)


def step(
    desk: Desk, conversation: str, worker: Worker, referral: str, stage: str, outcome: str = ""
) -> None:
    """Notes what became of an offer: `stage` is one of Stage, `outcome` one of Outcome where it is
    closed. Raises BadInput, NotFound or Conflict."""
    with transaction(desk.engine) as connection:
        talk = known(inbox.lock(connection, conversation))
        row = queries.lock(connection, referral)
        if row is None or row.conversation_id != talk.id:
            raise NotFound("There is no such referral.")
        if not (worker.leads or talk.assigned_to == worker.name):
            raise Conflict("Somebody else has this conversation.")
        _move(connection, row, stage, outcome, desk.clock.now())
        note_down(connection, worker, f"referral {stage}", referral, desk.clock.now())


def coordinate(
    desk: Desk, referral: str, province: str, by: str, stage: str, outcome: str = ""
) -> None:
    """The same by the coordinator of `province`, of what was addressed to them (S22). Raises
    BadInput, NotFound or Conflict."""
    with transaction(desk.engine) as connection:
        row = queries.lock(connection, referral)
        mine = row is not None and row.province == province and row.accepted_at is not None
        if row is None or not mine or stage not in COORDINATORS:
            raise NotFound("There is no such referral.")
        _move(connection, row, stage, outcome, desk.clock.now())
        audit(connection, by, f"referral {stage}", referral, desk.clock.now())


def of_conversation(desk: Desk, conversation: str) -> tuple[Offer, ...]:
    """What was offered in a conversation, oldest first; raises NotFound."""
    with reading(desk.engine) as connection:
        row = known(inbox.find(connection, conversation))
        found = queries.of_conversation(connection, row.id)
    return tuple(_offer(desk, item) for item in found)


def addressed(desk: Desk, engine: Engine, province: str, by: str) -> tuple[Offer, ...]:
    """What people addressed to the coordinator of `province`: no number, no text, no conversation
    (S22). Audited."""
    now = desk.clock.now()
    with transaction(engine) as connection:
        found = queries.addressed(connection, province, _LISTED)
        audit(connection, by, "saw referrals", province, now, "addressed to their province")
    return tuple(_offer(desk, item, child=item.child, language=item.language) for item in found)


def _new(conversation_id: int, service: Service, by: str, now: datetime) -> dict[str, Any]:
    return {
        "public_id": public_id("rf"),
        "conversation_id": conversation_id,
        "service": service.id,
        "category": service.category,
        "authority": service.authority,
        "state": Stage.OFFERED,
        "outcome": "",
        "by": by,
        "offered_at": now,
    }


def _move(connection: Connection, row: Row[Any], stage: str, outcome: str, now: datetime) -> None:
    if stage not in set(Stage) or not may_move(row.state, stage):
        raise Conflict("This does not follow: somebody was faster.")
    if (stage == Stage.CLOSED) != (outcome in set(Outcome)):
        raise BadInput("Choose how it ended.")
    values = {"state": stage, "outcome": outcome, _AT[Stage(stage)]: now}
    queries.change(connection, row.id, values)
    waited = max(0, int((now - row.offered_at).total_seconds()))
    append(connection, [Fact("help.referral", now, detail=stage, amount=waited)])


def _offer(desk: Desk, row: Row[Any], *, child: bool = False, language: str = "") -> Offer:
    name = next((s.name for s in desk.directory.services if s.id == row.service), row.service)
    reached = [(Stage.OFFERED, row.offered_at)] + [
        (stage, getattr(row, column))
        for stage, column in _AT.items()
        if getattr(row, column) is not None and (column != "closed_at" or stage == row.state)
    ]
    return Offer(
        id=row.public_id,
        service=name,
        category=row.category,
        country=row.country,
        authority=row.authority,
        province=row.province,
        state=Stage(row.state),
        outcome=row.outcome,
        times=tuple(reached),
        next=MOVES[Stage(row.state)],
        child=child,
        language=language,
    )
