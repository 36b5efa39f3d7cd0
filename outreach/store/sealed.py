"""What lies sealed in the database, under which key, and how it is sealed anew, chunk by chunk.

A feature declares its sealed columns as `SealedTable`s. What a value is sealed with stands in front
of it and what a fingerprint was made with behind it, so how far a rotation came is always known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
)

from outreach.kernel.sealing import FINGERPRINT_BYTES, TAG_BYTES, Vault, header_of, key_name, tag_of

_TAG_AT = FINGERPRINT_BYTES - TAG_BYTES + 1
# What made the fingerprints that end in no known name: a key of the older form, or a missing one.
OLDER_FORM = "lookup-?"


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns (empty where there is nothing to seal), numbered by its one
    primary key.

    `fingerprint` names the column that finds a number and `number` the sealed column that holds it;
    a table that has only the fingerprint of a number that nobody knows has no `number`.
    """

    table: Table
    columns: tuple[str, ...] = ()
    fingerprint: str = ""
    number: str = ""


def outdated(
    connection: Connection, sealed: SealedTable, vault: Vault, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` rows with an id above `after` that are not under the current keys, in order:
    `id` and every column that `sealed` names."""
    t, id_ = sealed.table.c, _id(sealed)
    names = [*sealed.columns, *filter(None, [sealed.fingerprint])]
    query = select(id_.label("id"), *(t[name] for name in names))
    query = query.where(id_ > after, _stale(sealed, vault))
    return connection.execute(query.order_by(id_).limit(limit)).all()


def count_outdated(connection: Connection, sealed: SealedTable, vault: Vault) -> int:
    """How many rows `outdated` has in all."""
    query = select(func.count()).select_from(sealed.table).where(_stale(sealed, vault))
    return connection.execute(query).scalar_one()


def replace(
    connection: Connection,
    sealed: SealedTable,
    names: Sequence[str],
    changes: Sequence[tuple[bytes | int, ...]],
) -> int:
    """Writes changes (the new values of `names`, an id, the old values) where the row still has its
    old values; returns how many had. Whoever was faster is never written over.

    Straight to the driver: SQLAlchemy's work per row would cost as much as all the rest.
    """
    if not changes:
        return 0
    if connection.dialect.name == "postgresql":
        return _replace_at_once(connection, sealed, names, changes)
    fresh = ", ".join(f"{name} = ?" for name in names)
    held = " AND ".join(f"{name} = ?" for name in names)
    row = f"{_id(sealed).name} = ? AND {held}"
    statement = f"UPDATE {sealed.table.name} SET {fresh} WHERE {row}"  # noqa: S608
    return connection.exec_driver_sql(statement, list(changes)).rowcount


def _replace_at_once(
    connection: Connection,
    sealed: SealedTable,
    names: Sequence[str],
    changes: Sequence[tuple[bytes | int, ...]],
) -> int:
    """One statement for all of them: PostgreSQL is asked over a wire, and a trip a row is dear."""
    values = ", ".join(
        [*("%s::bytea[]" for _ in names), "%s::bigint[]", *("%s::bytea[]" for _ in names)]
    )
    columns = ", ".join(
        [*(f"new_{name}" for name in names), "id", *(f"old_{name}" for name in names)]
    )
    fresh = ", ".join(f"{name} = change.new_{name}" for name in names)
    held = " AND ".join(f"kept.{name} = change.old_{name}" for name in names)
    statement = (
        f"UPDATE {sealed.table.name} AS kept SET {fresh}"  # noqa: S608
        f" FROM unnest({values}) AS change ({columns})"
        f" WHERE kept.{_id(sealed).name} = change.id AND {held}"
    )
    arrays = tuple(list(column) for column in zip(*changes, strict=True))
    return connection.exec_driver_sql(statement, arrays).rowcount


def count_sealed(connection: Connection, sealed: SealedTable, vault: Vault) -> Counter[str]:
    """How many values of a table each sealing key holds, keys that are not in `vault` too."""
    found: Counter[str] = Counter()
    for name in sealed.columns:
        column = sealed.table.c[name]
        for key in _names_in(connection, sealed.table, column, vault):
            header = header_of(key)
            query = select(func.count()).select_from(sealed.table).where(_begins(column, header))
            found[key] += connection.execute(query).scalar_one()
    return found


def count_fingerprints(connection: Connection, sealed: SealedTable, vault: Vault) -> Counter[str]:
    """How many fingerprints of a table each lookup key made. What no name of `vault` claims is of a
    key without eight digits, if the vault has just one, else OLDER_FORM."""
    if not sealed.fingerprint:
        return Counter()
    tag = func.substr(sealed.table.c[sealed.fingerprint], _TAG_AT, TAG_BYTES)
    made = [(tag == value, name) for name, value in vault.tags.items() if value]
    plain = [key for key, value in vault.tags.items() if not value]
    rest = plain[0] if len(plain) == 1 else OLDER_FORM
    name = case(*made, else_=rest) if made else literal(rest)
    query = select(name, func.count()).where(_somebody(sealed)).group_by(name)
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def made_by(connection: Connection, sealed: SealedTable, vault: Vault, name: str) -> int:
    """How many values of a table the key `name` made, whether `vault` has it or not."""
    query = select(func.count()).select_from(sealed.table)
    t = sealed.table.c
    if name.startswith("seal-"):
        begins = [_begins(t[column], header_of(name)) for column in sealed.columns]
        return connection.execute(query.where(or_(false(), *begins))).scalar_one()
    if not sealed.fingerprint:
        return 0
    tag = tag_of(name)
    if not tag:
        return count_fingerprints(connection, sealed, vault)[OLDER_FORM]
    ends = func.substr(t[sealed.fingerprint], _TAG_AT, TAG_BYTES) == tag
    return connection.execute(query.where(_somebody(sealed), ends)).scalar_one()


def _id(sealed: SealedTable) -> ColumnElement[int]:
    (column,) = sealed.table.primary_key
    return column


def _stale(sealed: SealedTable, vault: Vault) -> ColumnElement[bool]:
    t = sealed.table.c
    current = vault.headers[vault.current]
    old = [and_(func.length(t[name]) > 0, ~_begins(t[name], current)) for name in sealed.columns]
    if sealed.fingerprint and sealed.number:
        tag = func.substr(t[sealed.fingerprint], _TAG_AT, TAG_BYTES)
        mine = vault.tags[vault.current_lookup]
        others = [value for value in vault.tags.values() if value and value != mine]
        old.append(and_(_somebody(sealed), tag != mine if mine else tag.in_(others)))
    return or_(*old)


def _somebody(sealed: SealedTable) -> ColumnElement[bool]:
    """A row whose number is there: what is left of somebody forgotten has a random fingerprint."""
    t = sealed.table.c
    column = t[sealed.number] if sealed.number else t[sealed.fingerprint]
    return func.length(column) > 0


def _begins(column: ColumnElement[Any], header: bytes) -> ColumnElement[bool]:
    return func.substr(column, 1, len(header)) == header


def _names_in(
    connection: Connection, table: Table, column: ColumnElement[Any], vault: Vault
) -> list[str]:
    """The names of `vault`, and those it doesn't have but that something is sealed with."""
    names = list(vault.headers)
    while True:
        headers = [header_of(name) for name in names]
        unknown = and_(func.length(column) > 0, *(~_begins(column, known) for known in headers))
        sample = connection.execute(select(column).select_from(table).where(unknown).limit(1))
        value = sample.scalar()
        if value is None:
            return names
        names.append(key_name(value))
