"""Makes cells of figures; what is None is hidden, and so is whatever follows from it."""

from __future__ import annotations

from outreach.reach.document.model import Cell, Kind, Words

NOT_MEASURED = Cell(Kind.NOT_MEASURED)
_HIDDEN = Cell(Kind.HIDDEN)
NO_BASE = Cell(Kind.NO_BASE)


def count(number: int | None) -> Cell:
    """A number of people or things."""
    return _HIDDEN if number is None else Cell(Kind.COUNT, number)


def share(part: int | None, whole: int | None) -> Cell:
    """`part` of `whole`, to the thousandth: with both shown it says nothing new."""
    if part is None or whole is None:
        return _HIDDEN
    return Cell(Kind.SHARE, round(part / whole, 3)) if whole else NO_BASE


def rate(value: float | None) -> Cell:
    """A share that was reckoned elsewhere; None has no base."""
    return NO_BASE if value is None else Cell(Kind.SHARE, round(value, 3))


def text(words: Words) -> Cell:
    """Words."""
    return Cell(Kind.WORDS, words=words)
