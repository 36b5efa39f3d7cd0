"""The ratios of REACH.md: nothing where there is no base."""

from __future__ import annotations

from decimal import Decimal


def rate(part: int, base: int) -> float | None:
    """`part` / `base`.

    >>> rate(1, 4), rate(1, 0)
    (0.25, None)
    """
    return part / base if base else None


def cost_per(cost: Decimal, base: int) -> Decimal | None:
    """`cost` / `base`, to the ten-thousandth of the currency's unit."""
    return (cost / base).quantize(Decimal("0.0001")) if base else None
