"""Turns digits of every script into ASCII ones, and ASCII digits into Khmer ones."""

from __future__ import annotations

import re
import unicodedata

_OTHER_DIGIT = re.compile(r"[^\D0-9]")  # Unicode's category Nd
_KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def to_ascii_digits(text: str) -> str:
    """`text` with the decimal digits of every script as 0 to 9.

    >>> to_ascii_digits("១២៨៨")
    '1288'
    """
    return _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), text)


def khmer_digits(text: str) -> str:
    """`text` with the digits 0 to 9 as Khmer digits, for display.

    >>> khmer_digits("1288")
    '១២៨៨'
    """
    return text.translate(_KHMER)
