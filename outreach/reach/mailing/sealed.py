"""What of the reports by e-mail is sealed (with the register's keys): the readers' addresses."""

from __future__ import annotations

from outreach.reach.mailing import queries
from outreach.store.sealed import SealedTable

TABLES = (SealedTable(queries.SUBSCRIPTIONS, ("address_sealed",)),)
