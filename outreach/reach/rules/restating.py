"""Decides whether a period may be published anew, so that the two can't be subtracted (S27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from outreach.reach.rules.suppression import small

Key = TypeVar("Key")


def too_close(before: Mapping[Key, int | None], after: Mapping[Key, int | None]) -> list[Key]:
    """The counts that differ by so few that the difference may not be shown, and those that were
    hidden (None) and would be shown.

    >>> too_close({"a": 50, "b": 50, "c": 50, "d": None}, {"a": 50, "b": 53, "c": 61, "d": 12})
    ['b', 'd']
    """
    return [key for key, number in before.items() if _close(number, after.get(key))]


def _close(before: int | None, after: int | None) -> bool:
    if after is None:
        return False
    return before is None or small(abs(after - before))
