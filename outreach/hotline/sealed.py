"""What of the help store is sealed; each row holds the number that its fingerprint finds (S19)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from outreach.hotline import queries
from outreach.hotline.inbox import queries as inbox
from outreach.hotline.menu import queries as menu
from outreach.store.rotation import SealedStore
from outreach.store.sealed import SealedTable


def _move(connection: Connection, pairs: Mapping[bytes, bytes]) -> Collection[bytes]:
    """Everything may follow: there is one conversation per person, under whichever key."""
    inbox.part_doubles(connection, pairs)
    return pairs.keys()


HELP_STORE = SealedStore(
    name="help store",
    setting="OUTREACH_HELP_KEYS",
    tables=(
        SealedTable(
            queries.INBOUND, ("number_sealed", "body_sealed"), "number_key", "number_sealed"
        ),
        SealedTable(
            queries.DELIVERIES, ("address_sealed", "body_sealed"), "number_key", "address_sealed"
        ),
        SealedTable(queries.CALL_BACKS, ("number_sealed",), "number_key", "number_sealed"),
        SealedTable(
            inbox.CONVERSATIONS, ("number_sealed", "code_sealed"), "number_key", "number_sealed"
        ),
        SealedTable(inbox.NOTES, ("body_sealed",)),
        SealedTable(menu.MENU, ("number_sealed", "answers_sealed"), "number_key", "number_sealed"),
    ),
    move=_move,
)
