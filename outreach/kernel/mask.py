"""Hides phone numbers: a number is a name (S18), so nothing that people or logs see holds one."""

from __future__ import annotations

import re

# A byte as it stands in a URL (once or twice encoded) or in the repr of bytes.
_BYTE = r"(?:%(?:25){0,3}|\\{1,4}x)"
# A digit of any script; the Khmer (E1 9F A0) and Thai (E0 B9 90) ones also byte by byte, and as
# they stand in escaped JSON (\u17e3).
_DIGIT = (
    rf"(?:\d|{_BYTE}[eE]1{_BYTE}9[fF]{_BYTE}[aA]\d|{_BYTE}[eE]0{_BYTE}[bB]9{_BYTE}9\d"
    r"|\\{1,4}u(?:17[eE]|0[eE]5)\d)"
)
# What people put between digits, also unseen, and what a form, a URL or a repr makes of it.
_BETWEEN = (
    r"(?:[\s().+/'’\u00ad\u00b7\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2064\u2212\ufeff\-]"
    rf"|{_BYTE}2[0-9a-fA-F]|{_BYTE}[cC]2{_BYTE}[aAbB][0-9a-fA-F]"
    rf"|{_BYTE}[eE]2{_BYTE}8[01]{_BYTE}[0-9a-fA-F]{{2}}"
    r"|\\{1,4}x(?:a0|ad|b7)|\\{1,4}u20[0-6][0-9a-fA-F]|\\{1,4}ufeff){0,3}"
)
# Where a number may begin: not inside a word, but behind an escape.
_START = (
    r"(?:(?<![0-9A-Za-z_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})"
    r"|(?<=\\u[0-9a-f]{4}))"
)
# Seven or more digits. After a letter they are mostly a part of a hexadecimal id or a SID, which
# stays, save where letters are all that came before and nothing comes after ("tel0381234567").
_RUN = re.compile(
    rf"{_START}([A-Za-z_]{{1,20}}(?=\d[\d\s().\-]{{6,}}(?![0-9A-Za-z_])))?"
    rf"(?:%(?:25){{0,3}}2[Bb]|\+|00)?{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}"
)
# A day as people write it, which scrub takes for a number.
_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d)(?!\d)"
)


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
    """`text` with everything that could be a phone number masked.

    >>> scrub("to=038 123 4567 by b_0f3a9c71d4e2")
    'to=[number] by b_0f3a9c71d4e2'
    """
    return _RUN.sub(lambda found: f"{found[1] or ''}[number]", text)


def without_numbers(text: str) -> str:
    """`text` with what could be phone numbers masked and its days left as they are.

    >>> without_numbers("until 2026-12-01 ask 038 123 4567")
    'until 2026-12-01 ask [number]'
    """
    parts = _DAY.split(text)
    return "".join(part if at % 2 else scrub(part) for at, part in enumerate(parts))
