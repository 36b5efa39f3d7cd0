"""The SQL of kill switches, of their history and of notices; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from outreach.delivery.lane import Lane
from outreach.delivery.rules.states import AttemptState
from outreach.delivery.tables import HarmLook, HarmReport, KillSwitch, Notice, SwitchEvent
from outreach.store.dialect import insert, locked
from outreach.store.gathered import Gathered, Question
from outreach.store.types import table_of

SWITCHES = table_of(KillSwitch)
EVENTS = table_of(SwitchEvent)
NOTICES = table_of(Notice)
REPORTS = table_of(HarmReport)
HARM_LOOKS = table_of(HarmLook)

# Who turned a kill switch on that a used-up budget did.
BUDGET = "budget"
_FAILED = (AttemptState.FAILED, AttemptState.ERRORED)
_SAID = tuple(frozenset(AttemptState) - {AttemptState.SUBMITTING, AttemptState.CANCELED})
# Asked for every chunk: building one takes longer than asking it.
_BRAKES = select(SWITCHES.c.scope).where(SWITCHES.c.by != BUDGET)
SCOPES = Question(Gathered(select(SWITCHES.c.scope)), {})
_NEVER_TAKEN = ("throttled", "unreachable", "never_accepted")


def scopes(connection: Connection) -> set[str]:
    """The kill switches that are on."""
    return scopes_in(SCOPES.all(connection))


def scopes_in(rows: Sequence[Any]) -> set[str]:
    """The same of what was asked together with something else (`SCOPES`)."""
    return {row.scope for row in rows}


def brakes(connection: Connection) -> set[str]:
    """Those of the kill switches that also hold back what is recorded and has not left. A budget
    does not: what is recorded fits into it."""
    return set(connection.execute(_BRAKES).scalars())


def switches(connection: Connection) -> Sequence[Row[Any]]:
    """The kill switches that are on, with reason, by and at."""
    return connection.execute(select(SWITCHES).order_by(SWITCHES.c.at)).all()


def turn_on(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Adds a kill switch; False for one that is on already, which stays as it is."""
    statement = insert(connection, SWITCHES).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement.returning(SWITCHES.c.scope)).first())


def turn_off(connection: Connection, scope: str) -> bool:
    """Removes a kill switch; False where it was not on."""
    statement = SWITCHES.delete().where(SWITCHES.c.scope == scope)
    return bool(connection.execute(statement.returning(SWITCHES.c.scope)).first())


def add_event(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keeps that somebody stopped something or let it go on."""
    connection.execute(EVENTS.insert().values(row))


def events(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest stops and goings on."""
    return connection.execute(select(EVENTS).order_by(EVENTS.c.id.desc()).limit(limit)).all()


def last_go(connection: Connection, scope: str) -> datetime | None:
    """When a person let `scope` go on last, if anybody ever did."""
    e = EVENTS.c
    query = select(func.max(e.at)).where(e.scope == scope, e.action == "go")
    at: datetime | None = connection.execute(query).scalar_one()
    return at


class Failing(NamedTuple):
    """How many attempts of a campaign failed alarmingly by one channel and sender."""

    campaign_id: int
    channel: str
    sender: str
    failed: int


def newest_failures(connection: Connection, lane: Lane, since: datetime, most: int) -> datetime:
    """From when on there are at most `most` failures; not before `since`."""
    a = lane.attempts.c
    query = (
        select(a.updated_at)
        .where(a.state.in_(_FAILED), a.updated_at > since)
        .order_by(a.updated_at.desc())
        .limit(1)
        .offset(most)
    )
    found: datetime | None = connection.execute(query).scalar()
    return found or since


def failing(
    connection: Connection, lane: Lane, since: datetime, alarming: Collection[str]
) -> list[Failing]:
    """Attempts that failed after `since`, by campaign, channel and sender."""
    a, d = lane.attempts.c, lane.deliveries.c
    query = (
        select(d.campaign_id, a.channel, a.sender, func.count())
        .join(lane.deliveries, d.id == a.delivery_id)
        .where(a.state.in_(_FAILED), a.updated_at > since, _told(lane, alarming))
        .group_by(d.campaign_id, a.channel, a.sender)
    )
    return [Failing(*row) for row in connection.execute(query)]


def said(
    connection: Connection,
    lane: Lane,
    since: datetime,
    alarming: Collection[str],
    of: Failing,
    enough: int,
) -> int:
    """How many attempts, failed or not, moved after `since`, where `of` failed; counts no further
    than to `enough`. Those that the gateway never took say nothing of a campaign."""
    a, d = lane.attempts.c, lane.deliveries.c
    some = (
        select(a.id)
        .join(lane.deliveries, d.id == a.delivery_id)
        .where(a.state.in_(_SAID), a.updated_at > since)
        .where(~a.state.in_(_FAILED) | _told(lane, alarming))
        .where(d.campaign_id == of.campaign_id, a.channel == of.channel, a.sender == of.sender)
        .limit(enough)
    )
    number: int = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return number


def _told(lane: Lane, alarming: Collection[str]) -> ColumnElement[bool]:
    a = lane.attempts.c
    return a.error_class.in_(("", *alarming)) & func.coalesce(a.error_code, "").not_in(_NEVER_TAKEN)


def tell(connection: Connection, row: Mapping[str, Any]) -> None:
    """Adds a notice, or counts one that nobody has looked at yet."""
    n = NOTICES.c
    statement = insert(connection, NOTICES).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[n.kind, n.scope],
            index_where=n.seen_at.is_(None),
            set_={
                "times": n.times + row["times"],
                "detail": row["detail"],
                "last_at": row["last_at"],
            },
        )
    )


def notices(connection: Connection, *, seen: bool) -> Sequence[Row[Any]]:
    """Notices, oldest first; those that somebody looked at too if `seen`."""
    query = select(NOTICES).order_by(NOTICES.c.id)
    return connection.execute(query if seen else query.where(NOTICES.c.seen_at.is_(None))).all()


def see(connection: Connection, number: int, by: str, at: datetime) -> bool:
    """Notes who looked at a notice; False where there is none that nobody has seen."""
    n = NOTICES.c
    statement = update(NOTICES).where(n.id == number, n.seen_at.is_(None))
    done = connection.execute(statement.values(seen_at=at, seen_by=by).returning(n.id))
    return bool(done.first())


def add_report(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keeps that somebody reported harm."""
    connection.execute(REPORTS.insert().values(row))


def lock_report(connection: Connection, public_id: str) -> Row[Any] | None:
    """A report by its public id, locked until the transaction ends."""
    query = select(REPORTS).where(REPORTS.c.public_id == public_id)
    return connection.execute(locked(connection, query)).first()


def reports(connection: Connection, scope: str | None = None) -> Sequence[Row[Any]]:
    """Reports of harm, on one kill switch's scope if it is given, oldest first."""
    query = select(REPORTS).order_by(REPORTS.c.id)
    asked = query if scope is None else query.where(REPORTS.c.scope == scope)
    return connection.execute(asked).all()


def add_look(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Keeps that somebody looked at a report; False where they did before."""
    statement = insert(connection, HARM_LOOKS).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(HARM_LOOKS.c.id)).first() is not None


def looks(connection: Connection, reports: Collection[int]) -> Sequence[Row[Any]]:
    """Who looked at these reports, oldest first."""
    query = select(HARM_LOOKS).where(HARM_LOOKS.c.report_id.in_(reports))
    return connection.execute(query.order_by(HARM_LOOKS.c.id)).all()
