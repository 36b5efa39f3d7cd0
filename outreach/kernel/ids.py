"""Random public ids: what leaves the database is never the integer key inside it."""

from __future__ import annotations

import secrets


def public_id(prefix: str) -> str:
    """An unguessable id, e.g. `at_4kq1…`: the prefix says what it names, then 128 random bits."""
    return f"{prefix}_{secrets.token_hex(16)}"


def public_ids(prefix: str, count: int) -> list[str]:
    """`count` ids of rows that are added together: 32 random bits in common, so that they stand
    side by side in an index, and 96 of their own."""
    common, own = secrets.token_hex(4), secrets.token_hex(12 * count)
    return [f"{prefix}_{common}{own[at : at + 24]}" for at in range(0, len(own), 24)]
