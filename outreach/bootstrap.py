"""Puts the parts together: every table known to the metadata, adapters chosen by the settings."""

from __future__ import annotations

import outreach.store.ledger  # noqa: F401
