"""Compares shares of arms, and of before and after, and says no more than the design allows.

Intervals are 95 %: a share's is Wilson's, the difference of two independent shares Newcombe's
(Statistics in Medicine 17, 1998: method 10, made of the two Wilson intervals).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from outreach.reach.rules.suppression import small

CONFIDENCE = 0.95
# Of the people of each side, so many at least, before a difference is told.
LEAST = 30
# Before a difference leaves the organisation in numbers: then it is of so many that the groups
# behind it can't be worked out from it.
LEAST_PUBLISHED = 100


class Verdict(StrEnum):
    """What may be said of a difference."""

    NOT_COMPARABLE = "not comparable"  # nobody was assigned to arms
    TOO_FEW = "too few"  # to tell any difference
    NO_DIFFERENCE_SHOWN = "no difference shown"  # which is not that there is none
    HIGHER = "higher"
    LOWER = "lower"


SAYS: Mapping[Verdict, str] = {
    Verdict.NOT_COMPARABLE: "Not comparable: nobody was assigned to arms, so nothing is said of "
    "what the messages changed.",
    Verdict.TOO_FEW: f"Too few: fewer than {LEAST} people on one side.",
    Verdict.NO_DIFFERENCE_SHOWN: "No difference is shown: the interval holds zero. That is not "
    "proof that there is none.",
    Verdict.HIGHER: "Higher than where it is compared with, among the people counted here.",
    Verdict.LOWER: "Lower than where it is compared with, among the people counted here.",
}
BACKFIRE = "Fewer know it afterwards than before: look at the message before it is sent again."


@dataclass(frozen=True)
class Share:
    """`part` of `base` people, with its interval; `value` is None where the base is nobody."""

    part: int
    base: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Contrast:
    """A share less another one. `difference` and its interval are None where nothing may be said;
    `says` is what may be."""

    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    says: str


@dataclass(frozen=True)
class Change:
    """The same people before and after: `gained` know it now and did not, `lost` the other way
    round. `backfire` flags any fall; `contrast` says whether it is more than chance."""

    both: int
    knew_before: int
    knew_after: int
    gained: int
    lost: int
    contrast: Contrast
    backfire: bool


def share(part: int, base: int) -> Share:
    """`part` of `base`, with Wilson's interval."""
    if not base:
        return Share(part, base, None, None, None)
    low, high = _wilson(part, base)
    return Share(part, base, part / base, low, high)


def compare(one: Share, other: Share) -> Contrast:
    """`one` less `other`: two groups of different people."""
    if min(one.base, other.base) < LEAST:
        return nothing(Verdict.TOO_FEW)
    p, q = one.part / one.base, other.part / other.base
    (low_p, high_p), (low_q, high_q) = _wilson(one.part, one.base), _wilson(other.part, other.base)
    low = p - q - sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    high = p - q + sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return _contrast(p - q, low, high)


def change(both: int, knew_before: int, gained: int, lost: int) -> Change:
    """What `both` who answered before and after know. Only those who changed tell anything: of
    them, Wilson's interval of the share that gained."""
    knew_after = knew_before + gained - lost
    changed = gained + lost
    if both < LEAST or not changed:
        contrast = nothing(Verdict.TOO_FEW if both < LEAST else Verdict.NO_DIFFERENCE_SHOWN)
    else:
        low, high = _wilson(gained, changed)
        contrast = _contrast(
            (gained - lost) / both, (2 * low - 1) * changed / both, (2 * high - 1) * changed / both
        )
    return Change(
        both, knew_before, knew_after, gained, lost, contrast, backfire=knew_after < knew_before
    )


def cost_per_extra(cost: Decimal, people: int, contrast: Contrast) -> Decimal | None:
    """`cost` per person of `people` more who knows; None where no more are shown to know."""
    if contrast.verdict is not Verdict.HIGHER or contrast.difference is None or not cost:
        return None
    return (cost / (Decimal(contrast.difference) * people)).quantize(Decimal("0.0001"))


@dataclass(frozen=True)
class Points:
    """A difference and its interval in whole percentage points."""

    difference: int
    low: int
    high: int


def in_points(contrast: Contrast, groups: Sequence[int], bases: Sequence[int]) -> Points | None:
    """The contrast as it may leave the organisation (S27); None where it may not in numbers.

    `groups` are all those whose numbers it is made of, `bases` the sides. Neither is published, and
    whole points leave many possibilities for each: `tests/reach/test_effect.py` tries to find them.
    """
    if contrast.difference is None or contrast.low is None or contrast.high is None:
        return None
    if min(bases) < LEAST_PUBLISHED or any(small(group) for group in groups):
        return None
    return Points(*(round(100 * n) for n in (contrast.difference, contrast.low, contrast.high)))


def nothing(verdict: Verdict) -> Contrast:
    """No difference is told, for this reason."""
    return Contrast(None, None, None, verdict, SAYS[verdict])


def _contrast(difference: float, low: float, high: float) -> Contrast:
    verdict = Verdict.NO_DIFFERENCE_SHOWN
    if low > 0 or high < 0:
        verdict = Verdict.HIGHER if low > 0 else Verdict.LOWER
    return Contrast(difference, low, high, verdict, SAYS[verdict])


def _wilson(part: int, base: int) -> tuple[float, float]:
    # Imported here: it takes longer than most commands.
    from scipy.stats import binomtest

    found = binomtest(part, base).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)
