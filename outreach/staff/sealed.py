"""What of the staff's accounts is sealed (with the register's keys): their second factors."""

from __future__ import annotations

from outreach.staff import queries
from outreach.store.sealed import SealedTable

TABLES = (SealedTable(queries.STAFF, ("totp_sealed",)),)
