"""Hides numbers too small to show, and enough others that they can't be worked out (S27).

A zero is shown: it is nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

SMALLEST = 11
Shown = dict[str, int | None]


def small(number: int) -> bool:
    """Whether a number of people may not be shown. None at all may."""
    return 0 < number < SMALLEST


def shown(number: int) -> int | None:
    """A number by itself; None where it may not be shown."""
    return None if small(number) else number


def suppress(cells: Mapping[str, int], also: Collection[str] = ()) -> Shown:
    """The cells of one table whose total is known, small ones and those in `also` as None.

    With them go others, the smallest first, until those hidden are at least two, add up to at least
    SMALLEST, and to at least twice their number: then subtraction from the total leaves more than
    one possibility for each of them.
    """
    hidden = {name for name, number in cells.items() if small(number) or name in also}
    others = sorted(
        (name for name, number in cells.items() if number and name not in hidden),
        key=lambda name: (cells[name], name),
    )
    while hidden and others and not _safe([cells[name] for name in hidden]):
        hidden.add(others.pop(0))
    if hidden and not _safe([cells[name] for name in hidden]):
        # Too little is left to hide behind: nothing of this table is shown.
        return dict.fromkeys(cells)
    return {name: None if name in hidden else number for name, number in cells.items()}


def suppress_together(
    columns: Mapping[str, Mapping[str, int]], part_of: Mapping[str, Collection[str]]
) -> dict[str, Shown]:
    """Columns over the same cells, some a part of others (`part_of`; wholes come before parts).

    Where a whole is hidden its part is hidden too: a part that is shown says how many the whole has
    at least, and that can be enough to find out a hidden one.
    """
    found: dict[str, Shown] = {}
    for name, cells in columns.items():
        wholes = [found[whole] for whole in part_of.get(name, ())]
        also = {cell for whole in wholes for cell, number in whole.items() if number is None}
        found[name] = suppress(cells, also)
    return found


def _safe(hidden: list[int]) -> bool:
    present = sum(1 for number in hidden if number)
    total = sum(hidden)
    # Hidden zeros (parts of what is hidden) are nobody's; a table of them alone gives nothing away.
    return total == 0 or (len(hidden) >= 2 and total >= max(SMALLEST, 2 * present))
