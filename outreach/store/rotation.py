"""Seals a store anew with its current keys, online: chunk by chunk, beside everything else.

A chunk is read and sealed outside of any transaction; its one short transaction writes only what
is still as it was read. So no STOP waits for it, nobody's change is written over, and after a
SIGKILL the next run goes on with what is left: each value says which key it is under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row

from outreach.kernel.errors import Unavailable
from outreach.kernel.sealing import Vault
from outreach.store.engine import reading, transaction
from outreach.store.sealed import (
    OLDER_FORM,
    SealedTable,
    count_fingerprints,
    count_outdated,
    count_sealed,
    made_by,
    outdated,
    replace,
)

_CHUNK = 500


def _nothing(_connection: Connection) -> None:
    pass


def _all(_connection: Connection, pairs: Mapping[bytes, bytes]) -> Collection[bytes]:
    return pairs.keys()


@dataclass(frozen=True)
class SealedStore:
    """A store with keys of its own: the tables that can be sealed anew, and those that hold only
    fingerprints of numbers that nobody knows (`tombstones`).

    `hold` keeps everybody away who looks a number up and then writes, until the transaction ends;
    `move` brings what else has a fingerprint under its new one, and says which rows may follow.
    """

    name: str
    setting: str
    tables: tuple[SealedTable, ...]
    tombstones: tuple[SealedTable, ...] = ()
    hold: Callable[[Connection], None] = _nothing
    move: Callable[[Connection, Mapping[bytes, bytes]], Collection[bytes]] = _all


@dataclass
class Rotation:
    """How far a rotation is: rows `changed`, and rows that do not open with their key
    (`unopened`): they were altered, and stay as they are."""

    changed: int = 0
    unopened: int = 0


@dataclass(frozen=True)
class KeyUse:
    """A key: how many values it sealed (or fingerprints it made), whether new ones are, whether it
    is in the setting, and whether it can be taken out."""

    name: str
    rows: int
    current: bool
    configured: bool
    removable: bool


def rotate(
    engine: Engine, store: SealedStore, vault: Vault, progress: Callable[[int], None]
) -> Rotation:
    """Brings everything in `store` under the current keys of `vault`; `progress` hears the number
    of rows changed as it grows.

    Raises Unavailable, before anything is changed, where a sealing key is missing.
    """
    require_all(engine, store, vault)
    done = Rotation()
    for sealed in store.tables:
        after = 0
        while rows := _read(engine, sealed, vault, after):
            after = rows[-1].id
            fresh = [_anew(sealed, vault, row) for row in rows]
            done.unopened += fresh.count(None)
            pairs = [(row, new) for row, new in zip(rows, fresh, strict=True) if new]
            done.changed += _write(engine, store, sealed, pairs)
            progress(done.changed)
    return done


def left(engine: Engine, store: SealedStore, vault: Vault) -> int:
    """How many rows of `store` are not under the current keys yet, tombstones aside."""
    with reading(engine) as connection:
        return sum(count_outdated(connection, sealed, vault) for sealed in store.tables)


def uses(engine: Engine, store: SealedStore, vault: Vault) -> tuple[KeyUse, ...]:
    """What each key of `store` is used for: sealing keys first, the current one of each family
    first. Keys that are missing from the setting are told too."""
    sealing: Counter[str] = Counter()
    lookup: Counter[str] = Counter()
    with reading(engine) as connection:
        for sealed in (*store.tables, *store.tombstones):
            sealing += count_sealed(connection, sealed, vault)
            lookup += count_fingerprints(connection, sealed, vault)
    return (
        *_uses(sealing, vault.headers, vault.current),
        *_uses(lookup, vault.tags, vault.current_lookup),
    )


def require_all(engine: Engine, store: SealedStore, vault: Vault) -> None:
    """Raises Unavailable where something in `store` is sealed with a key that `vault` has not."""
    for use in uses(engine, store, vault):
        if use.rows and not use.configured and use.name.startswith("seal-"):
            raise Unavailable(
                f"{use.rows} values are sealed with {use.name}, which is not among the keys.",
                where=store.setting,
                remedy="Add that key at the end of the setting.",
            )


def rows_under(engine: Engine, store: SealedStore, vault: Vault, name: str) -> int:
    """How many values a key made that may be missing from `vault`. Whatever no name claims may be
    a lookup key's of the older form."""
    with reading(engine) as connection:
        return sum(
            made_by(connection, sealed, vault, name)
            for sealed in (*store.tables, *store.tombstones)
        )


def _read(engine: Engine, sealed: SealedTable, vault: Vault, after: int) -> Sequence[Row[Any]]:
    with reading(engine) as connection:
        return outdated(connection, sealed, vault, after, _CHUNK)


def _write(
    engine: Engine,
    store: SealedStore,
    sealed: SealedTable,
    rows: Sequence[tuple[Row[Any], dict[str, bytes]]],
) -> int:
    key = sealed.fingerprint
    moving = {
        row._mapping[key]: new[key] for row, new in rows if key and new[key] != row._mapping[key]
    }
    with transaction(engine) as connection:
        if moving:
            store.hold(connection)
            may = store.move(connection, moving)
            for row, new in rows:
                if row._mapping[key] not in may:
                    new[key] = row._mapping[key]
        # A fingerprint that no row changes need not be written (its index would be, each time).
        names = [*sealed.columns, *([key] if moving else [])]
        return replace(connection, sealed, names, [_change(names, row, new) for row, new in rows])


def _change(
    names: Sequence[str], row: Row[Any], new: Mapping[str, bytes | None]
) -> tuple[Any, ...]:
    held = row._mapping
    return (*(new[name] for name in names), row.id, *(held[name] for name in names))


def _anew(sealed: SealedTable, vault: Vault, held: Row[Any]) -> dict[str, bytes] | None:
    """The columns of a row under the current keys (what is so already, or empty, stays), or None
    where one does not open."""
    row = held._mapping
    try:
        texts = {name: vault.unseal(row[name]) for name in sealed.columns if row[name]}
    except Unavailable:
        return None
    header = vault.headers[vault.current]
    new = {
        name: row[name]
        if name not in texts or row[name].startswith(header)
        else vault.seal(texts[name])
        for name in sealed.columns
    }
    if sealed.fingerprint:
        now, tag = row[sealed.fingerprint], vault.tags[vault.current_lookup]
        number = "" if tag and now.endswith(tag) else texts.get(sealed.number)
        new[sealed.fingerprint] = vault.lookup(number) if number else now
    return new


def _uses(rows: Counter[str], configured: Mapping[str, bytes], current: str) -> list[KeyUse]:
    return [
        KeyUse(
            name=name,
            rows=rows[name],
            current=name == current,
            configured=name in configured,
            removable=name in configured
            and name != current
            # A fingerprint of the older form may be of any key that has no digits of its own.
            and not (rows[name] or (configured[name] == b"" and rows[OLDER_FORM])),
        )
        for name in dict.fromkeys((current, *configured, *rows))
    ]
