"""The operators of the rehearsal network, told apart by prefix: one table of how each behaves.

The prefixes are those of Cambodia's numbering plan; the rates are made up, apart enough that a
report by operator shows a difference. They claim nothing about the real operators.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Operator:
    """How an operator's handsets fare. Shares are of 1; delays are in seconds on the clock.

    Of the numbers: `absent` do not exist (30005, calls fail), `landlines` take no SMS (30006).
    Of the SMS to the others: `delivered`; `silent` stay *sent* for ever; the rest find the
    handset off (30003). Of the calls: `answered`, `busy`, `unanswered`; the rest fail. Of those
    who answer, `impatient` hang up part-way. Prices are in USD, per part and per started minute.
    """

    name: str
    prefixes: frozenset[str]
    absent: float
    landlines: float
    delivered: float
    silent: float
    delay: tuple[float, float]
    answered: float
    busy: float
    unanswered: float
    impatient: float
    part_price: Decimal = Decimal("0.0450")
    minute_price: Decimal = Decimal("0.0900")


def _of(text: str) -> frozenset[str]:
    return frozenset(text.split())


OTHER = Operator(
    "Other", _of(""), 0.02, 0.01, 0.92, 0.04, (3.0, 30.0), 0.60, 0.10, 0.27, 0.25
)  # fmt: skip
OPERATORS = (
    Operator(
        "Cellcard", _of("11 12 14 17 61 76 77 78 79 85 89 92 95 99"),
        0.010, 0.005, 0.95, 0.03, (2.0, 20.0), 0.66, 0.08, 0.23, 0.20,
    ),
    Operator(
        "Smart", _of("10 15 16 69 70 81 86 87 93 96 98"),
        0.010, 0.005, 0.96, 0.02, (2.0, 15.0), 0.68, 0.08, 0.21, 0.20,
    ),
    Operator(
        "Metfone", _of("31 60 66 67 68 71 88 90 97"),
        0.020, 0.010, 0.92, 0.05, (3.0, 40.0), 0.60, 0.10, 0.26, 0.25,
    ),
    Operator(
        "Seatel", _of("18"),
        0.030, 0.000, 0.86, 0.08, (5.0, 40.0), 0.50, 0.12, 0.33, 0.30,
    ),
    OTHER,
)  # fmt: skip

_HOME = "+855"
_BY_PREFIX = {prefix: operator for operator in OPERATORS for prefix in operator.prefixes}
# Countries of the corridors; others stay blank, as they often do at Twilio.
_COUNTRIES = {"+855": "KH", "+66": "TH", "+84": "VN", "+60": "MY", "+82": "KR"}


def operator_of(number: str) -> Operator:
    """The operator of an E.164 number; abroad, and for unknown prefixes, OTHER."""
    if not number.startswith(_HOME):
        return OTHER
    return _BY_PREFIX.get(number[len(_HOME) : len(_HOME) + 2], OTHER)


def country_of(number: str) -> str:
    """The two-letter country of an E.164 number, or "" where we have no row for it."""
    return next((c for prefix, c in _COUNTRIES.items() if number.startswith(prefix)), "")
