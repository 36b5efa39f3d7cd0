"""Decides when too much of a campaign fails, so that it is paused and a person looks."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

WINDOW = timedelta(minutes=10)
# Below so many attempts a share says nothing.
LEAST = 50
SHARE = 0.5
# The newest failures alone are looked at, and what else happened meanwhile.
MOST = 5_000


def alarming(failed: int, total: int) -> bool:
    """Whether `failed` of `total` attempts that ended or are under way are too many."""
    return total >= LEAST and failed > SHARE * total


def harmless(failed: int) -> int:
    """Of so many attempts or more `failed` are not too many; 0: they never are, so few are they."""
    return ceil(failed / SHARE) if failed > SHARE * LEAST else 0
