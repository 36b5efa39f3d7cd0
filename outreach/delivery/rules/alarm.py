"""Decides when too much of a campaign fails, so that it is paused and a person looks."""

from __future__ import annotations

from datetime import timedelta

WINDOW = timedelta(minutes=10)
# Below so many attempts a share says nothing.
LEAST = 50
SHARE = 0.5


def alarming(failed: int, total: int) -> bool:
    """Whether `failed` of `total` attempts that ended or are under way are too many."""
    return total >= LEAST and failed > SHARE * total
