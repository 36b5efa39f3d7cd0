"""Makes the match key: the one spelling under which equal-looking texts are equal.

For matching only: a key is never stored as content, never shown and never sent (KHMER.md).
"""

from __future__ import annotations

import re
import unicodedata

import regex

from outreach.language.digits import to_ascii_digits
from outreach.language.reorder import reorder

_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u17b4\u17b5\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufe00-\ufe0f"
)
_DROP = re.compile(f"[{_INVISIBLE}]+")
_DEPRECATED = {"\u17a3": "\u17a2", "\u17a4": "\u17a2\u17b6", "\u17b2": "\u17b1", "\u17d3": "\u17c6"}
_OLD = re.compile("[\u17a3\u17a4\u17b2\u17d3]")
_COLON = re.compile("(?<=[\u1780-\u17d3\u17dd]):")
_DOUBLED = re.compile("([\u17b6-\u17d1])\\1+")
# U+17D7 repeats the word before it and U+20E3 frames a keycap: both end a word.
_GAP = regex.compile(r"[\p{P}\p{Z}\p{S}\p{C}\u17d7\u20e3]+")
_ASCII_GAP = re.compile("[^0-9a-z]+")
# ASCII, Khmer, zero-width spaces and a few quotes: the same steps, without Unicode's tables.
_PLAIN = re.compile("[\x00-\x7f\u1780-\u17ff\u200b-\u200d\ufeff\u00ab\u00bb\u2018-\u201d]*")
_PLAIN_GAP = re.compile("[^0-9a-z\u1780-\u17d2\u17dc\u17dd\u17f0-\u17f9]+")
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
    if _PLAIN.fullmatch(text):
        return _PLAIN_GAP.sub(" ", to_ascii_digits(_khmer(text.lower()))).strip()
    key = _once(text)
    for _ in range(_MAX_ROUNDS):  # dropping a character can bring two together that compose
        again = _once(key)
        if again == key:
            break
        key = again
    return key


def _once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return str(_GAP.sub(" ", to_ascii_digits(_khmer(folded)))).strip()


def _khmer(text: str) -> str:
    """Format characters dropped, deprecated letters mapped, syllables in order."""
    seen = _OLD.sub(lambda old: _DEPRECATED[old.group()], _DROP.sub("", text))
    return _DOUBLED.sub(r"\1", reorder(_DOUBLED.sub(r"\1", _COLON.sub("\u17c7", seen))))
