"""What of the help store is sealed; each row holds the number that its fingerprint finds (S19)."""

from __future__ import annotations

from outreach.hotline import queries
from outreach.store.rotation import SealedStore
from outreach.store.sealed import SealedTable

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
    ),
)
