"""Reads the names of places however they are spelled: with or without a title, in either script,
and in any of the ways in which Khmer is put into Latin letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from outreach.language.matchkey import match_key

# What lists (and, for the capital, the gazetteer itself) put before a name, and behind it.
_BEFORE = (
    "រាជធានី", "ខេត្ត", "ក្រុង", "ស្រុក", "ខណ្ឌ", "ឃុំ", "សង្កាត់", "ភូមិ",
    "krong", "khet", "srok", "khan", "khum", "sangkat", "phum", "phumi",
)  # fmt: skip
_BEHIND = (
    "province", "capital", "municipality", "city", "town", "district", "commune", "village",
)  # fmt: skip
# Kampong, as lists shorten it.
_SHORT = re.compile(r"\b(?:kg|kpg|kp)\b")
_VOWELS = re.compile("[aeiouy]+")
_DOUBLE = re.compile(r"(.)\1+")
# Letters that stand for one another where Khmer is put into Latin ones; an h may stand or not.
_ALIKE = str.maketrans(
    {"j": "c", "d": "t", "b": "p", "g": "k", "w": "v", "q": "k", "z": "s", "h": ""}
)
# Names that no rule of spelling leads to.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "02": ("Batdambang",),
    "10": ("Kracheh",),
    "12": ("PP",),
    "15": ("Pouthisat", "Posat"),
    "18": ("Preah Sihanouk", "Kampong Som", "Kampong Saom"),
    "21": ("Takev",),
    "22": ("Oudor Meanchey", "Uddor Meanchey"),
}


@lru_cache(maxsize=100_000)
def plain(name: str) -> str:
    """`name` without case, spaces, marks and invisible signs."""
    return _SHORT.sub("kampong", match_key(name)).replace(" ", "")


def untitled(name: str) -> str:
    """A plain name without what its kind of place is called."""
    for title in _BEFORE_PLAIN:
        rest = name.removeprefix(title)
        if rest and rest != name:
            return rest
    for title in _BEHIND + _BEFORE_PLAIN[:8]:
        rest = name.removesuffix(title)
        if rest and rest != name:
            return rest
    return name


@lru_cache(maxsize=100_000)
def sound(name: str) -> str:
    """What stays of a plain Latin name when spelling is left out, and "" for any other: Kompong
    and Kampong, Otdar and Oddar are one.

    >>> sound("kompongspeu") == sound("kampongspueu")
    True
    """
    letters = "".join(
        c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)
    )
    if not (letters.isascii() and letters.isalpha()):
        return ""
    return _DOUBLE.sub(r"\1", _VOWELS.sub("a", letters.translate(_ALIKE)))


_BEFORE_PLAIN = tuple(plain(title) for title in _BEFORE)
