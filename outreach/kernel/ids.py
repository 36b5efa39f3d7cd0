"""Random public ids: what leaves the database is never the integer key inside it."""

from __future__ import annotations

import secrets


def public_id(prefix: str) -> str:
    """An unguessable id, e.g. `at_4kq1…`: the prefix says what it names, then 128 random bits."""
    return f"{prefix}_{secrets.token_hex(16)}"


def public_ids(prefix: str, count: int) -> list[str]:
    """`count` ids of rows that are added together: 32 random bits in common, so that they stand
    side by side in an index, and 96 of their own."""
    common = secrets.token_hex(4)
    return [f"{prefix}_{common}{secrets.token_hex(12)}" for _ in range(count)]
