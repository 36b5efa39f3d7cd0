"""Makes the match key: the one spelling under which equal-looking texts are equal.

For matching only: a key is never stored as content, never shown and never sent (KHMER.md).
"""

from __future__ import annotations

import re
import unicodedata

import regex

from outreach.language.digits import to_ascii_digits
from outreach.language.reorder import reorder

_INVISIBLE = dict.fromkeys(
    [0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, 0x17B4, 0x17B5]
    + [
        code
        for first, last in (
            (0x200B, 0x200F),
            (0x202A, 0x202E),
            (0x2060, 0x2064),
            (0x2066, 0x2069),
            (0xFE00, 0xFE0F),
        )
        for code in range(first, last + 1)
    ]
)
_DEPRECATED = {0x17A3: "\u17a2", 0x17A4: "\u17a2\u17b6", 0x17B2: "\u17b1", 0x17D3: "\u17c6"}
_DROP_AND_MAP: dict[int, str | None] = {**_INVISIBLE, **_DEPRECATED}
_COLON = re.compile("(?<=[\u1780-\u17d3\u17dd]):")
_DOUBLED = re.compile("([\u17b6-\u17d1])\\1+")
# U+17D7 repeats the word before it and U+20E3 frames a keycap: both end a word.
_GAP = regex.compile(r"[\p{P}\p{Z}\p{S}\p{C}\u17d7\u20e3]+")
_ASCII_GAP = re.compile(r"[^0-9a-z]+")
_MAX_ROUNDS = 4


def match_key(text: str) -> str:
    """The match key of `text`; `match_key(match_key(text)) == match_key(text)`.

    Lower case, no format characters, canonical Khmer order, ASCII digits, every run of
    punctuation, symbols and spaces one space. A colon after Khmer reads as U+17C7 here; callers
    that need the other reading pass the text without its colons.

    >>> match_key("ស្រ្តី") == match_key("ស្ត្រី")
    True
    """
    if text.isascii():
        return _ASCII_GAP.sub(" ", text.lower()).strip()
    key = _once(text)
    for _ in range(_MAX_ROUNDS):
        again = _once(key)
        if again == key:
            break
        key = again
    return key


def _once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    mapped = _COLON.sub("\u17c7", folded.translate(_DROP_AND_MAP))
    ordered = _DOUBLED.sub(r"\1", reorder(_DOUBLED.sub(r"\1", mapped)))
    return str(_GAP.sub(" ", to_ascii_digits(ordered))).strip()
