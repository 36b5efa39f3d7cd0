"""Random public ids: what leaves the database is never the integer key inside it."""

from __future__ import annotations

import secrets


def public_id(prefix: str) -> str:
    """An unguessable id, e.g. `at_4kq1…`: the prefix says what it names, then 128 random bits."""
    return f"{prefix}_{secrets.token_hex(16)}"
