"""The SQL of the sealed help store; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Table,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from outreach.delivery.tables import Attempt, Delivery
from outreach.hotline.tables import (
    HELD,
    CallBack,
    HelpAttempt,
    HelpAudit,
    HelpCursor,
    HelpDelivery,
    HelpInbound,
    HelpReceipt,
    JoinCall,
    StaffAlert,
)
from outreach.store.bulk import add_some, insert_listed
from outreach.store.chained import Writer
from outreach.store.dialect import insert, keyed, keys_given, locked
from outreach.store.gathered import Gathered, Question, Returned
from outreach.store.listed import among, listed, packed, packed_values, with_bytes
from outreach.store.types import table_of

INBOUND = table_of(HelpInbound)
DELIVERIES = table_of(HelpDelivery)
ATTEMPTS = table_of(HelpAttempt)
RECEIPTS = table_of(HelpReceipt)
CURSORS = table_of(HelpCursor)
CALL_BACKS = table_of(CallBack)
JOIN_CALLS = table_of(JoinCall)
AUDIT = table_of(HelpAudit)
ALERTS = table_of(StaffAlert)
_ATTEMPT = table_of(Attempt)
_DELIVERY = table_of(Delivery)

_OWN = ("reference", "number_key", "address_sealed", "body_sealed", "parts", "expires_at")


def storing(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Question:
    """Stores each text once; the SIDs (`sid`) of those that were not here already."""
    given = with_bytes(row.values() for row in rows)
    return Question(_storing(connection.dialect.name, tuple(rows[0])), given)


@cache
def _storing(dialect: str, names: tuple[str, ...]) -> Gathered:
    statement = insert_listed(dialect, INBOUND, names, {}).on_conflict_do_nothing()
    return Returned(statement.returning(INBOUND.c.sid))


def set_intents(writer: Writer, meant: Sequence[tuple[str, str]]) -> None:
    """Notes what texts meant after what was asked last, by SID."""
    if meant:
        writer.execute(_meaning(), {"given": packed(meant)})


@cache
def _meaning() -> Update:
    given = listed({name: INBOUND.c[name].type for name in ("sid", "intent")})
    return update(INBOUND).where(INBOUND.c.sid == given.c.sid).values(intent=given.c.intent)


def later_texts(
    connection: Connection, keys: Collection[bytes], at: datetime, limit: int
) -> Sequence[bytes]:
    """What a number has said after `at`, sealed, the newest first."""
    i = INBOUND.c
    query = select(i.body_sealed).where(i.number_key.in_(keys), i.at > at, HELD)
    return connection.execute(query.order_by(i.at.desc()).limit(limit)).scalars().all()


def known_texts(connection: Connection, sids: Collection[str]) -> set[str]:
    """Those of `sids` that were taken in."""
    i = INBOUND.c
    query = select(i.sid).where(among(i.sid, "sids"))
    return set(connection.execute(query, {"sids": packed_values(sids)}).scalars())


def seen_until(connection: Connection, numbers: Collection[str]) -> dict[str, datetime]:
    """Up to when we have seen, in the gateway's list, what came in to each of our `numbers`."""
    c = CURSORS.c
    query = select(c.name, c.seen_until).where(c.name.in_(numbers))
    return {row.name: row.seen_until for row in connection.execute(query)}


def set_seen_until(connection: Connection, numbers: Iterable[str], at: datetime) -> None:
    """Notes up to when we have seen it; it never goes back."""
    rows = [{"name": number, "seen_until": at} for number in sorted(numbers)]
    statement = insert(connection, CURSORS)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"seen_until": statement.excluded.seen_until},
            where=CURSORS.c.seen_until < statement.excluded.seen_until,
        ),
        rows,
    )


def add_join_call(connection: Connection, marks: Sequence[str], at: datetime) -> bool:
    """Keeps the first of `marks`, of a call that joined somebody; False if one is here already."""
    j = JOIN_CALLS.c
    if connection.execute(select(j.mark).where(j.mark.in_(marks))).first() is not None:
        return False
    statement = insert(connection, JOIN_CALLS).values(mark=marks[0], at=at)
    added = statement.on_conflict_do_nothing().returning(j.mark)
    return connection.execute(added).first() is not None


def add_deliveries(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queues answers, alike but for whom they reach, what they say and until when."""
    if rows:
        same = {name: value for name, value in rows[0].items() if name not in _OWN}
        own = [tuple(row[name] for name in _OWN) for row in rows]
        add_some(writer, DELIVERIES, _OWN, own, same)


def recent_answers(connection: Connection, keys: Collection[bytes], since: datetime) -> Question:
    """How many automatic answers each number was given since `since`, and when the last."""
    given = {"since": since, **keys_given(connection, keys, "answered_keys")}
    return Question(_recent(connection.dialect.name), given)


@cache
def _recent(dialect: str) -> Gathered:
    d = DELIVERIES.c
    since = bindparam("since", type_=d.due_at.type)
    found = (d.number_key, func.count().label("answers"), func.max(d.due_at).label("last"))
    mine = keyed(dialect, d.number_key, "answered_keys")
    query = select(*found).where(mine, d.due_at >= since, d.author == "")
    return Gathered(query.group_by(d.number_key))


def deliveries(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Answers by id."""
    return connection.execute(select(DELIVERIES).where(DELIVERIES.c.id.in_(ids))).all()


def add_call_back(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds a wish to be called, once per source; False if it is here already."""
    return _added(connection, CALL_BACKS, row)


def knows_call(connection: Connection, names: Collection[str]) -> bool:
    """Whether a call is known by one of `names`: it asked for a call back, or joined somebody."""
    c, j = CALL_BACKS.c, JOIN_CALLS.c
    called, joined = exists().where(c.source_id.in_(names)), exists().where(j.mark.in_(names))
    return bool(connection.execute(select(or_(called, joined))).scalar_one())


def asked_between(
    connection: Connection, keys: Collection[bytes], after: datetime, before: datetime
) -> bool:
    """Whether a number asked to be called in that time."""
    c = CALL_BACKS.c
    about = and_(c.number_key.in_(keys), c.asked_at >= after, c.asked_at <= before)
    return connection.execute(select(c.id).where(about).limit(1)).first() is not None


def asked_for_call(
    connection: Connection, source_id: str, keys: Collection[bytes], now: datetime
) -> bool:
    """Whether this source asked for a call before, or its number is about to be called: it waits in
    time, or a worker has it."""
    c = CALL_BACKS.c
    soon = or_(and_(c.state == "waiting", c.due_by > now), c.state == "taken")
    query = select(c.id).where(or_(c.source_id == source_id, and_(c.number_key.in_(keys), soon)))
    return connection.execute(query.limit(1)).first() is not None


def to_call(connection: Connection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Who waits to be called and may still be, the most urgent first."""
    c = CALL_BACKS.c
    query = select(CALL_BACKS).where(c.state == "waiting", c.due_by > now)
    return connection.execute(query.order_by(c.due_by, c.id).limit(limit)).all()


def taken_by(connection: Connection, by: str) -> Sequence[int]:
    """The calls that a worker has taken and not ended."""
    c = CALL_BACKS.c
    query = select(c.id).where(c.state == "taken", c.taken_by == by).order_by(c.id)
    return connection.execute(query).scalars().all()


def count_missed(connection: Connection, now: datetime) -> int:
    """How many waited in vain."""
    c = CALL_BACKS.c
    late = or_(and_(c.state == "waiting", c.due_by <= now), c.state == "too_late")
    return connection.execute(select(func.count()).where(late)).scalar_one()


def lock_call_back(connection: Connection, call_id: int) -> Row[Any] | None:
    """A wish to be called, locked until the transaction ends."""
    query = select(CALL_BACKS).where(CALL_BACKS.c.id == call_id)
    return connection.execute(locked(connection, query)).first()


def set_call_back(connection: Connection, call_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of a wish to be called."""
    connection.execute(update(CALL_BACKS).where(CALL_BACKS.c.id == call_id).values(values))


def audit(
    connection: Connection, by: str, action: str, subject: str, at: datetime, reason: str = ""
) -> None:
    """Notes who did what in the help store, and why."""
    row = {"by": by, "action": action, "subject": subject, "at": at, "reason": reason}
    connection.execute(AUDIT.insert().values(row))


def count_call_backs(connection: Connection) -> int:
    """All wishes to be called."""
    return connection.execute(select(func.count()).select_from(CALL_BACKS)).scalar_one()


def add_alerts(writer: Writer, alerts: Sequence[tuple[str, str]], at: datetime) -> None:
    """Tells the hotline workers to look: each alert is its kind and a reference."""
    add_some(writer, ALERTS, ("kind", "reference"), alerts, {"at": at})


def add_alert(connection: Connection, kind: str, reference: str, at: datetime) -> None:
    """One alert."""
    add_alerts(connection, [(kind, reference)], at)


def call(connection: Connection, public_id: str) -> Any:
    """A broadcast's call by its attempt's public id: ids, contact, campaign and language."""
    a, d = _ATTEMPT.c, _DELIVERY.c
    query = (
        select(a.id, a.played_at, a.play_seconds, d.contact_id, d.campaign_id, d.language, a.state)
        .join(_DELIVERY, d.id == a.delivery_id)
        .where(a.public_id == public_id, a.channel == "voice")
    )
    return connection.execute(query).first()


def set_played(connection: Connection, attempt_id: int, at: datetime, seconds: int) -> None:
    """Notes when a recording began to play, and how long it is; the first time counts."""
    connection.execute(
        update(_ATTEMPT)
        .where(_ATTEMPT.c.id == attempt_id, _ATTEMPT.c.played_at.is_(None))
        .values(played_at=at, play_seconds=seconds)
    )


def set_heard(connection: Connection, attempt_id: int, seconds: int) -> None:
    """Notes how much of the recording was heard before a key was pressed."""
    connection.execute(
        update(_ATTEMPT)
        .where(_ATTEMPT.c.id == attempt_id, _ATTEMPT.c.heard_seconds.is_(None))
        .values(heard_seconds=seconds)
    )


def _added(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Adds a row unless it is here already; the row count does not tell that on PostgreSQL."""
    statement = insert(connection, table).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(table.c.id)).first() is not None
