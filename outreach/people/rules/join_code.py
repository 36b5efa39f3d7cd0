"""Join codes: six digits that any keypad types, no two of which lie one slip apart.

The last digit is Damm's check digit: one wrong digit, or two neighbours swapped, never makes
another community's code.
"""

from __future__ import annotations

import secrets

from outreach.language.digits import to_ascii_digits

LENGTH = 6
_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)  # fmt: skip


def new_code() -> str:
    """A fresh code; random, so that nobody learns the next one from the last."""
    # A leading zero is what spreadsheets eat, and what people leave out.
    digits = str(secrets.choice(range(10 ** (LENGTH - 2), 10 ** (LENGTH - 1))))
    return digits + _check(digits)


def read_code(written: str) -> str | None:
    """The code in what somebody wrote, in digits of any script; None where it can be none."""
    code = to_ascii_digits(written).strip()
    valid = len(code) == LENGTH and code.isascii() and code.isdigit() and _check(code) == "0"
    return code if valid else None


def _check(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return str(interim)
