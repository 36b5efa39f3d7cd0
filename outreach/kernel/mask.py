"""Hides phone numbers: a number is a name (S18), so nothing that people or logs see holds one."""

from __future__ import annotations

import re

# Seven or more digits of any script, however they are spaced, also percent-encoded (%2B855…).
# A lookbehind for a letter or digit leaves hexadecimal ids and SIDs alone.
_RUN = re.compile(r"(?<![0-9A-Za-z_])(?:%2[Bb]|\+|00)?\d(?:[\s().\u00b7\u200b\-]{0,3}\d){6,}")


def mask(number: str) -> str:
    """What may be shown of a number: its first four characters and last two digits.

    >>> mask("+855381234567")
    '+855•••••••67'
    """
    kept = number.strip()
    if len(kept) <= 6:
        return "•" * len(kept)
    return f"{kept[:4]}{'•' * (len(kept) - 6)}{kept[-2:]}"


def scrub(text: str) -> str:
    """`text` with everything that could be a phone number masked."""
    return _RUN.sub("[number]", text)
