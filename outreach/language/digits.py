"""Turns digits of every script into ASCII ones, and ASCII digits into Khmer ones."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """Every decimal digit of Unicode (category Nd) with its ASCII digit."""
    return {
        code: str(unicodedata.decimal(chr(code)))
        for code in range(128, sys.maxunicode + 1)
        if chr(code).isdecimal()
    }


def to_ascii_digits(text: str) -> str:
    """`text` with the decimal digits of every script as 0 to 9.

    >>> to_ascii_digits("១២៨៨")
    '1288'
    """
    return text.translate(_table()) if _OTHER_DIGIT.search(text) else text


def khmer_digits(text: str) -> str:
    """`text` with the digits 0 to 9 as Khmer digits, for display.

    >>> khmer_digits("1288")
    '១២៨៨'
    """
    return text.translate(_KHMER)
