"""The SQL of people; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select, update

from outreach.kernel.dimensions import PERSONAL
from outreach.people.tables import (
    Community,
    ConsentEvent,
    Contact,
    Membership,
    OptOut,
    Place,
    RegisterAudit,
)
from outreach.store.bulk import add_rows, reserve_ids
from outreach.store.dialect import among, insert, keyed, keys_given, locked, present
from outreach.store.gathered import Gathered, Question
from outreach.store.types import table_of

CONTACTS = table_of(Contact)
EVENTS = table_of(ConsentEvent)
OPT_OUTS = table_of(OptOut)
PLACES = table_of(Place)
_COMMUNITIES = table_of(Community)
_MEMBERS = table_of(Membership)
AUDIT = table_of(RegisterAudit)
# Any number that nothing else locks.
_REGISTER = 0x0C0D5E47


def hold(connection: Connection, *, alone: bool) -> None:
    """Keeps lists and people's own words apart until the transaction ends: an import holds the
    register `alone`, what people say shares it.

    Without it an import could miss a STOP that is being written, and write over it (S14). Call it
    before anything else locks a row. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(_REGISTER)))


def hold_number(connection: Connection, keys: Sequence[bytes]) -> None:
    """Lets the STOP, START and JOIN of one number, known or not, come one after the other: under
    each of its fingerprints, because a process may know the lookup keys in another order."""
    if connection.dialect.name == "postgresql":
        for key in sorted(keys):
            number = int.from_bytes(key[:8], "big", signed=True)
            connection.execute(select(func.pg_advisory_xact_lock(number)))


def put_places(connection: Connection, rows: Sequence[Mapping[str, str]]) -> None:
    """Adds places, or replaces what they were."""
    statement = insert(connection, PLACES)
    fresh = {name: statement.excluded[name] for name in ("parent", "kind", "name_km", "name_en")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=fresh), list(rows)
    )


def count_places(connection: Connection) -> dict[str, int]:
    """Places by kind."""
    query = select(PLACES.c.kind, func.count().label("number")).group_by(PLACES.c.kind)
    return {row.kind: row.number for row in connection.execute(query)}


def places(connection: Connection, kinds: Collection[str]) -> Sequence[Row[Any]]:
    """All places of some kinds, by code."""
    query = select(PLACES).where(PLACES.c.kind.in_(kinds)).order_by(PLACES.c.code)
    return connection.execute(query).all()


def contacts_by_key(connection: Connection, keys: Collection[bytes]) -> Sequence[Row[Any]]:
    """Contacts of which a fingerprint is among `keys`."""
    query = select(CONTACTS).where(among(connection, CONTACTS.c.number_key, keys))
    return connection.execute(query).all()


def views(connection: Connection, keys: Collection[bytes]) -> Question:
    """What others may know of the same."""
    return Question(_views(connection.dialect.name), keys_given(connection, keys, "contact_keys"))


@cache
def _views(dialect: str) -> Gathered:
    shown = (CONTACTS.c[name] for name in ("id", "number_key", "language", "consent", "timezone"))
    return Gathered(select(*shown).where(keyed(dialect, CONTACTS.c.number_key, "contact_keys")))


def lock_by_key(connection: Connection, keys: Collection[bytes]) -> Sequence[Row[Any]]:
    """The same, locked until the transaction ends."""
    query = select(CONTACTS).where(CONTACTS.c.number_key.in_(keys)).order_by(CONTACTS.c.id)
    return connection.execute(locked(connection, query)).all()


def contact(connection: Connection, contact_id: int) -> Row[Any] | None:
    """A contact by its id."""
    return connection.execute(select(CONTACTS).where(CONTACTS.c.id == contact_id)).first()


def contacts(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Contacts by their ids, in order of these."""
    query = select(CONTACTS).where(CONTACTS.c.id.in_(ids)).order_by(CONTACTS.c.id)
    return connection.execute(query).all()


def lock_contact(connection: Connection, contact_id: int) -> Row[Any] | None:
    """The same, locked until the transaction ends."""
    query = select(CONTACTS).where(CONTACTS.c.id == contact_id)
    return connection.execute(locked(connection, query)).first()


def known(
    connection: Connection, keys: Sequence[bytes], names: Collection[str]
) -> dict[bytes, Row[Any]]:
    """Contacts of which a fingerprint is among `keys`, by it: how they stand, what they said, and
    the columns `names`."""
    c = CONTACTS.c
    here = present(connection, c.number_key, keys)  # of a first list there are hardly any
    if not here:
        return {}
    asked = (c[name] for name in names)
    query = select(c.id, c.number_key, c.consent, c.own_words, *asked)
    found = connection.execute(query.where(among(connection, c.number_key, here)))
    return {row.number_key: row for row in found}


def communities(connection: Connection) -> Sequence[Row[Any]]:
    """The communities that people can join."""
    c = _COMMUNITIES.c
    names = ("id", "public_id", "join_code", "kind", "place", "country", "name_km", "name_en")
    query = select(*(c[name] for name in names)).where(c.archived_at.is_(None))
    return connection.execute(query).all()


def belonging(connection: Connection, ids: Collection[int]) -> set[tuple[int, int]]:
    """(community, contact) of the contacts `ids`: where they are, and where they left."""
    m = _MEMBERS.c
    query = select(m.community_id, m.contact_id).where(among(connection, m.contact_id, ids))
    return {(row.community_id, row.contact_id) for row in connection.execute(query)}


def add_members(connection: Connection, pairs: Sequence[tuple[int, int]], now: datetime) -> None:
    """Puts (community, contact) down as a list says it; whoever left stays out."""
    if pairs:
        rows = [
            {"community_id": community, "contact_id": contact, "how": "list", "at": now}
            for community, contact in pairs
        ]
        connection.execute(insert(connection, _MEMBERS).on_conflict_do_nothing(), rows)


def reserve_contacts(connection: Connection, count: int) -> list[int]:
    """Ids for `count` contacts that `add_contacts` is to add."""
    return reserve_ids(connection, CONTACTS, count)


def add_contacts(
    connection: Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]], at: datetime
) -> None:
    """Adds contacts who have told us nothing themselves yet; a row has the columns `names`."""
    add_rows(
        connection, CONTACTS, names, rows, {"own_words": [], "created_at": at, "updated_at": at}
    )


def add_contact(connection: Connection, row: Mapping[str, Any]) -> int | None:
    """Adds one contact and returns its id; None if its number is here already."""
    statement = insert(connection, CONTACTS).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(CONTACTS.c.id)).scalar()


def set_contacts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sets columns of contacts, each row by its `b_id`; every row has the same columns.

    Always in the order of ids, as the senders lock them: two transactions never wait crosswise.
    """
    if rows:
        ordered = sorted(rows, key=lambda row: int(row["b_id"]))
        connection.execute(update(CONTACTS).where(CONTACTS.c.id == bindparam("b_id")), ordered)


def as_facts(connection: Connection, ids: Collection[int]) -> Select[Any]:
    """The contacts `ids` as facts of their consent."""
    c = CONTACTS.c
    dimensions = (c[name] for name in PERSONAL)
    query = select(c.id.label("contact_id"), c.consent.label("detail"), *dimensions)
    return query.where(among(connection, c.id, ids)).order_by(c.id)


def add_events(connection: Connection, rows: Sequence[tuple[Any, ...]], at: datetime) -> None:
    """Adds steps of consent: contact, fingerprint, before, after, source, language, how, wording,
    day."""
    names = (
        "contact_id", "number_key", "before", "after", "source", "language", "how", "wording",
        "given_on",
    )  # fmt: skip
    add_rows(connection, EVENTS, names, rows, {"at": at})


def opted_out(connection: Connection, keys: Collection[bytes]) -> set[bytes]:
    """The fingerprints among `keys` that said STOP and have not said START since."""
    o = OPT_OUTS.c
    here = present(connection, o.number_key, list(keys))
    if not here:
        return set()
    query = select(o.number_key).where(among(connection, o.number_key, here), o.ended_at.is_(None))
    return set(connection.execute(query).scalars())


def opt_outs(connection: Connection, keys: Collection[bytes]) -> Sequence[Row[Any]]:
    """STOPs among `keys`, ended ones too."""
    return connection.execute(select(OPT_OUTS).where(OPT_OUTS.c.number_key.in_(keys))).all()


def events(connection: Connection, keys: Collection[bytes]) -> Sequence[Row[Any]]:
    """The steps of consent of `keys`, oldest first."""
    query = select(EVENTS).where(EVENTS.c.number_key.in_(keys)).order_by(EVENTS.c.id)
    return connection.execute(query).all()


def delete_events(connection: Connection, keys: Collection[bytes]) -> None:
    """Deletes the history of people who asked to be forgotten."""
    connection.execute(delete(EVENTS).where(EVENTS.c.number_key.in_(keys)))


def bury(connection: Connection, key: bytes, older: Collection[bytes], day: datetime) -> None:
    """Leaves of a number only a STOP of `day` by its fingerprint; `older` are the fingerprints
    under former keys."""
    o = OPT_OUTS.c
    connection.execute(delete(OPT_OUTS).where(o.number_key.in_(older)))
    tomb = {"source": "forgotten", "at": day, "ended_at": None}
    statement = insert(connection, OPT_OUTS).values(number_key=key, **tomb)
    connection.execute(statement.on_conflict_do_update(index_elements=["number_key"], set_=tomb))


def audit(connection: Connection, row: Mapping[str, Any]) -> None:
    """Notes who did what to a person's data."""
    connection.execute(AUDIT.insert().values(row))


def audits(connection: Connection, contact: str) -> Sequence[Row[Any]]:
    """What was done to the data of `contact` (a public id), oldest first."""
    query = select(AUDIT).where(AUDIT.c.contact == contact).order_by(AUDIT.c.id)
    return connection.execute(query).all()


def put_opt_out(connection: Connection, key: bytes, source: str, at: datetime) -> None:
    """Records a STOP; one that holds already keeps its date."""
    row = {"number_key": key, "source": source, "at": at, "ended_at": None}
    statement = insert(connection, OPT_OUTS).values(row)
    fresh = {name: statement.excluded[name] for name in ("source", "at", "ended_at")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["number_key"], set_=fresh, where=OPT_OUTS.c.ended_at.is_not(None)
        )
    )


def end_opt_out(connection: Connection, keys: Collection[bytes], at: datetime) -> int:
    """Ends STOPs; returns how many held."""
    o = OPT_OUTS.c
    statement = update(OPT_OUTS).where(o.number_key.in_(keys), o.ended_at.is_(None))
    return connection.execute(statement.values(ended_at=at)).rowcount


def move_fingerprints(connection: Connection, pairs: Mapping[bytes, bytes]) -> None:
    """Brings STOPs and the history of consent under new fingerprints (`pairs`: old to new), held
    alone. Where both have a STOP, one that holds stays."""
    e, o = EVENTS.c, OPT_OUTS.c
    moves = [{"b_old": old, "b_new": new} for old, new in pairs.items()]
    statement = update(EVENTS).where(e.number_key == bindparam("b_old"))
    connection.execute(statement.values(number_key=bindparam("b_new")), moves)
    for stop in opt_outs(connection, pairs.keys()):
        fresh = pairs[stop.number_key]
        connection.execute(delete(OPT_OUTS).where(o.number_key == stop.number_key))
        if stop.ended_at is None:
            put_opt_out(connection, fresh, stop.source, stop.at)
        else:
            row = {**stop._mapping, "number_key": fresh}
            connection.execute(insert(connection, OPT_OUTS).values(row).on_conflict_do_nothing())


def count_by_consent(connection: Connection) -> dict[str, int]:
    """Contacts by state of consent."""
    query = select(CONTACTS.c.consent, func.count().label("number")).group_by(CONTACTS.c.consent)
    return {row.consent: row.number for row in connection.execute(query)}


def count_opt_outs(connection: Connection) -> int:
    """Numbers that said STOP and mean it still, strangers among them."""
    query = select(func.count()).select_from(OPT_OUTS).where(OPT_OUTS.c.ended_at.is_(None))
    return connection.execute(query).scalar_one()
