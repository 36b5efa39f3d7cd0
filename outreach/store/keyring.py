"""Which keys a database was written with, and which processes at work hold which keys.

Nobody starts with a set that can't open what is there, nor seals what a process at work could not
open: an old setting beside a new one, a key of the same name, two settings swapped.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
from sqlalchemy import JSON, Connection, Engine, Row, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, SQLModel

from outreach.kernel.errors import Conflict, Refused
from outreach.kernel.ids import public_id
from outreach.kernel.sealing import Vault
from outreach.store.dialect import insert
from outreach.store.engine import reading, transaction
from outreach.store.processes import database_now
from outreach.store.rotation import SealedStore, require_all, rows_under
from outreach.store.types import UtcDateTime, table_of

log = structlog.get_logger(__name__)

Sets = Sequence[tuple[SealedStore, Vault]]
# A process that was not heard of for so long is gone; it makes itself heard four times as often.
_TERM = timedelta(seconds=60)


class KeyRecord(SQLModel, table=True):
    """A key that this database was used with. `proof` tells whether a key of that name is the same
    one, and nothing else; `removed_at` where it was taken out, nothing being left under it."""

    __tablename__: ClassVar[str] = "key_record"

    store: str = Field(primary_key=True, max_length=20)
    name: str = Field(primary_key=True, max_length=60)
    proof: str = Field(max_length=32)
    since: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KeyHolder(SQLModel, table=True):
    """A process at work and the names of its keys: by store and family, the current one first."""

    __tablename__: ClassVar[str] = "key_holder"

    id: str = Field(primary_key=True, max_length=40)
    label: str = Field(max_length=120)
    keys: dict[str, list[str]] = Field(sa_type=JSON)
    seen_at: datetime = Field(sa_type=UtcDateTime)


_RECORDS = table_of(KeyRecord)
_HOLDERS = table_of(KeyHolder)


def admit(engine: Engine, sets: Sets, *, but: str = "", alike: bool = False) -> None:
    """Lets a process work with `sets`, and notes their keys.

    Raises Refused where a key is missing or is another than the one of its name, and Conflict where
    a process at work (other than `but`) does not fit: one that couldn't open what this one seals,
    or the other way round; if `alike`, also one whose current keys are others.
    """
    with reading(engine) as connection:
        records = connection.execute(select(_RECORDS)).all()
        others = [row for row in _holders(connection) if row.id != but]
    removed = []
    for store, vault in sets:
        known = {row.name: row for row in records if row.store == store.name}
        _require_same(store, vault, known)
        if not known:
            require_all(engine, store, vault)
        removed += _unused(engine, store, vault, known, sets)
        for other in others:
            _require_fit(store, vault, other, alike)
    with transaction(engine) as connection:
        _note(connection, sets, removed)


@contextmanager
def held(engine: Engine, sets: Sets) -> Iterator[None]:
    """Makes known, for as long as the block runs, that this process works with `sets`; raises what
    `admit` raises."""
    who, done = public_id("kh"), threading.Event()
    # First seen, then admitted: of two that start at once at least one sees the other.
    _be_seen(engine, sets, who)
    beats = threading.Thread(target=_beat, args=(engine, sets, who, done), daemon=True)
    try:
        admit(engine, sets, but=who)
        beats.start()
        yield
    finally:
        done.set()
        if beats.is_alive():
            beats.join()
        with transaction(engine) as connection:
            connection.execute(_HOLDERS.delete().where(_HOLDERS.c.id == who))


def _holders(connection: Connection) -> Sequence[Row[Any]]:
    alive = _HOLDERS.c.seen_at >= database_now(connection) - _TERM
    return connection.execute(select(_HOLDERS).where(alive)).all()


def _require_same(store: SealedStore, vault: Vault, known: Mapping[str, Row[Any]]) -> None:
    for name, proof in vault.checks().items():
        if name in known and known[name].proof != proof:
            raise Refused(
                f"{name} is not the key that this database was used with under that name.",
                where=store.setting,
                remedy="Put the right one back: outreach keys restore.",
            )


def _unused(
    engine: Engine, store: SealedStore, vault: Vault, known: Mapping[str, Row[Any]], sets: Sets
) -> list[tuple[str, str]]:
    """Keys that were taken out and that nothing is under; raises Refused where something is."""
    names = {*vault.headers, *vault.tags}
    gone = [name for name, row in known.items() if name not in names and row.removed_at is None]
    for name in gone:
        rows = rows_under(engine, store, vault, name)
        swapped = any(name in (*other.headers, *other.tags) for _, other in sets)
        if rows or swapped:
            raise Refused(
                f"{name} is missing from the setting, and {rows} values of the {store.name} "
                "need it.",
                where=store.setting,
                remedy="It is in the other setting: are the two swapped?"
                if swapped
                else "Put it back at the end (outreach keys restore); see: outreach keys status.",
            )
    return [(store.name, name) for name in gone]


def _require_fit(store: SealedStore, vault: Vault, other: Row[Any], alike: bool) -> None:
    for family, mine in (("seal", list(vault.headers)), ("lookup", list(vault.tags))):
        theirs = other.keys.get(f"{store.name}/{family}")
        if theirs is None:
            continue
        if mine[0] not in theirs:
            raise Conflict(
                f"{other.label} is at work and does not know {mine[0]}: it could not open what is "
                "sealed with it.",
                where=store.setting,
                remedy="First put that key behind the others, in every process, and start each "
                "again; then put it first.",
            )
        if theirs[0] not in mine or (alike and theirs[0] != mine[0]):
            raise Conflict(
                f"{other.label} is at work and still uses {theirs[0]}.",
                where=store.setting,
                remedy=f"Start it again with {mine[0]} first." if alike else "Put that key back.",
            )


def _note(connection: Connection, sets: Sets, removed: Sequence[tuple[str, str]]) -> None:
    now, r = database_now(connection), _RECORDS.c
    rows = [
        {"store": store.name, "name": name, "proof": proof, "since": now, "removed_at": None}
        for store, vault in sets
        for name, proof in vault.checks().items()
    ]
    statement = insert(connection, _RECORDS).values(rows)
    back = {"removed_at": None}
    connection.execute(statement.on_conflict_do_update(index_elements=["store", "name"], set_=back))
    for store, name in removed:
        gone = _RECORDS.update().where(r.store == store, r.name == name)
        connection.execute(gone.values(removed_at=now))


def _be_seen(engine: Engine, sets: Sets, who: str) -> None:
    keys = {
        f"{store.name}/{family}": list(names)
        for store, vault in sets
        for family, names in (("seal", vault.headers), ("lookup", vault.tags))
    }
    label = f"process {os.getpid()} on {socket.gethostname()}"[:120]
    with transaction(engine) as connection:
        now = database_now(connection)
        connection.execute(_HOLDERS.delete().where(_HOLDERS.c.seen_at < now - _TERM))
        row = {"id": who, "label": label, "keys": keys, "seen_at": now}
        statement = insert(connection, _HOLDERS).values(row)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now})
        )


def _beat(engine: Engine, sets: Sets, who: str, done: threading.Event) -> None:
    while not done.wait(_TERM.total_seconds() / 4):
        try:
            _be_seen(engine, sets, who)
        except DBAPIError as error:  # the database is away: it is tried again
            log.warning("the keys of this process could not be noted", error=type(error).__name__)
