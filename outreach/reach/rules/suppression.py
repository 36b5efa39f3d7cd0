"""Hides numbers too small to show, and enough others that they can't be worked out (S27).

A zero is shown: it is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set

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
    begun = {name for name, number in cells.items() if small(number) or name in also}
    hidden = grown(cells, begun, lambda group: covered([cells[name] for name in group]))
    if hidden is None:
        return dict.fromkeys(cells)
    return {name: None if name in hidden else number for name, number in cells.items()}


def grown(
    cells: Mapping[str, int],
    begun: Set[str],
    enough: Callable[[Set[str]], bool],
    *,
    anyway: bool = False,
) -> set[str] | None:
    """Which cells to hide so that `begun` can't be worked out: others with them, the smallest
    first, until it is `enough`; None where it never is. With `anyway` some go though none begins.
    """
    hidden = set(begun)
    others = sorted(
        (name for name, number in cells.items() if number and name not in hidden),
        key=lambda name: (cells[name], name),
        reverse=True,
    )

    def done() -> bool:
        return enough(hidden) if hidden else not anyway

    while others and not done():
        hidden.add(others.pop())
    return hidden if done() else None


def covered(hidden: Sequence[int]) -> bool:
    """Whether numbers of which only the sum can be worked out hide each other."""
    present = sum(1 for number in hidden if number)
    total = sum(hidden)
    # Hidden zeros (parts of what is hidden) are nobody's; a table of them alone gives nothing away.
    return total == 0 or (len(hidden) >= 2 and total >= max(SMALLEST, 2 * present))
