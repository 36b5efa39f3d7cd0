"""Makes cells of figures; what is None is hidden, and so is whatever follows from it."""

from __future__ import annotations

from decimal import Decimal

from outreach.reach.document.model import Cell, Kind, Words

NOT_MEASURED = Cell(Kind.NOT_MEASURED)
HIDDEN = Cell(Kind.HIDDEN)
NO_BASE = Cell(Kind.NO_BASE)


def count(number: int | None) -> Cell:
    """A number of people or things."""
    return HIDDEN if number is None else Cell(Kind.COUNT, number)


def share(part: int | None, whole: int | None) -> Cell:
    """`part` of `whole`, to the thousandth: with both shown it says nothing new."""
    if part is None or whole is None:
        return HIDDEN
    return Cell(Kind.SHARE, round(part / whole, 3)) if whole else NO_BASE


def rate(value: float | None) -> Cell:
    """A share that was reckoned elsewhere; None has no base."""
    return NO_BASE if value is None else Cell(Kind.SHARE, round(value, 3))


def money(amount: Decimal | None) -> Cell:
    """An amount, to the ten-thousandth."""
    return HIDDEN if amount is None else Cell(Kind.MONEY, float(round(amount, 4)))


def each(amount: Decimal | None, number: int | None) -> Cell:
    """`amount` for each of `number`."""
    if amount is None or number is None:
        return HIDDEN
    return money(amount / number) if number else NO_BASE


def points(number: int | None) -> Cell:
    """A difference of shares in whole percentage points."""
    return HIDDEN if number is None else Cell(Kind.POINTS, number)


def text(words: Words) -> Cell:
    """Words."""
    return Cell(Kind.WORDS, words=words)
