"""What of the register is sealed, and what moves along when a number gets a new fingerprint."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from outreach.people import queries
from outreach.people.tables import Community, SafeContact
from outreach.store.rotation import SealedStore
from outreach.store.sealed import SealedTable
from outreach.store.types import table_of

_COMMUNITIES = table_of(Community)
_SAFE_CONTACTS = table_of(SafeContact)


def _alone(connection: Connection) -> None:
    queries.hold(connection, alone=True)


def _move(connection: Connection, pairs: Mapping[bytes, bytes]) -> Collection[bytes]:
    """Moves the STOPs and the history; two contacts with one number stay two, and are counted."""
    taken = {row.number_key for row in queries.contacts_by_key(connection, set(pairs.values()))}
    free = {old: new for old, new in pairs.items() if new not in taken}
    if free:
        queries.move_fingerprints(connection, free)
    return free.keys()


REGISTER = SealedStore(
    name="register",
    setting="OUTREACH_SECRET_KEYS",
    tables=(
        SealedTable(queries.CONTACTS, ("number_sealed",), "number_key", "number_sealed"),
        SealedTable(_COMMUNITIES, ("focal_sealed",)),
        SealedTable(_SAFE_CONTACTS, ("cover_sealed",)),
    ),
    tombstones=(
        SealedTable(queries.EVENTS, fingerprint="number_key"),
        SealedTable(queries.OPT_OUTS, fingerprint="number_key"),
    ),
    hold=_alone,
    move=_move,
)
