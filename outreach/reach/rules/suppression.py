"""Hides numbers too small to show, and enough others that they can't be worked out (S27)."""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST = 11


def small(number: int) -> bool:
    """Whether a number of people may not be shown. None at all may."""
    return 0 < number < SMALLEST


def suppress(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The cells of one table whose total is known, small ones as None.

    With them go others, the smallest first, until those hidden are at least two, add up to at least
    SMALLEST, and to at least twice their number: then subtraction from the total leaves more than
    one possibility for each of them.
    """
    hidden = {name for name, number in cells.items() if small(number)}
    others = sorted(
        (name for name, number in cells.items() if number >= SMALLEST), key=lambda n: (cells[n], n)
    )
    while hidden and others and not _safe([cells[name] for name in hidden]):
        hidden.add(others.pop(0))
    if hidden and not _safe([cells[name] for name in hidden]):
        # Too little is left to hide behind: nothing of this table is shown.
        return dict.fromkeys(cells)
    return {name: None if name in hidden else number for name, number in cells.items()}


def _safe(hidden: list[int]) -> bool:
    return len(hidden) >= 2 and sum(hidden) >= max(SMALLEST, 2 * len(hidden))
