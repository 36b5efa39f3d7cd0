"""What of the staff's accounts is sealed, with the register's keys: second factors and numbers."""

from __future__ import annotations

from outreach.staff import queries
from outreach.store.sealed import SealedTable

# One by one: an account may have no number, and nothing equals what is not there.
TABLES = (
    SealedTable(queries.STAFF, ("totp_sealed",)),
    SealedTable(queries.STAFF, ("phone_sealed",)),
)
