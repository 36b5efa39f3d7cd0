"""Puts the code points of a Khmer syllable into the one canonical order.

The rules are those of SIL's khnormal (MIT, sillsdev/khmer-character-specification), written anew;
its "-u before an upper vowel is a typed shifter" rule, which does not fire in the copy on PyPI,
fires here. The result is for comparing only: it may differ from what a person would print.
"""

from __future__ import annotations

import re
from functools import lru_cache

COENG = "\u17d2"

# A base and everything that hangs on it: subscripts, signs, joiners.
_SYLLABLE = re.compile(
    "[\u1780-\u17a2\u17a5-\u17b3\u25cc]"
    "(?:\u17d2[\u17d2\u200c\u200d]*[\u1780-\u17b3]?|[\u17b6-\u17d1\u17d3\u17dd\u200c\u200d])+"
)

_ORDER: dict[str, int] = {
    **dict.fromkeys("\u17cc", 2),  # robat
    **dict.fromkeys("\u17c9\u17ca", 4),  # shifters
    **dict.fromkeys("\u200c\u200d", 5),
    **dict.fromkeys("\u17be\u17bf\u17c0\u17c1\u17c2\u17c3\u17c4\u17c5", 6),  # vowels before
    **dict.fromkeys("\u17bb\u17bc\u17bd", 7),  # below
    **dict.fromkeys("\u17b7\u17b8\u17b9\u17ba", 8),  # above
    **dict.fromkeys("\u17b6", 9),  # after
    **dict.fromkeys("\u17c6\u17cb\u17cd\u17ce\u17cf\u17d0\u17d1\u17d3\u17dd", 10),
    **dict.fromkeys("\u17c7\u17c8", 11),
}
_REPEATED_COENG = re.compile("\u17d2[\u17d2\u200c\u200d]+")
_SUBSCRIPT_ORDER = 3
_ATOM = re.compile("\u17d2[\u1780-\u17b3]?|.", re.DOTALL)

_SERIES1 = "[\u1780-\u1783\u1785-\u1788\u178a-\u178d\u178f-\u1792\u1795-\u1797\u179e-\u17a0\u17a2]"
_SERIES2 = "[\u1784\u1780\u178e\u1793\u1794\u1798-\u179d\u17a1\u17a3-\u17b3]"
_NOT_BA = "[\u1780-\u1793\u1795-\u17a2\u17a5-\u17b3]"
_NOT_RO = "[\u1780-\u1799\u179b-\u17a2\u17a5-\u17b3]"
_BASE = "[\u1780-\u17a2\u17a5-\u17b3\u25cc]"
_SUBS = f"(?:\u17d2{_NOT_RO})?\u17d2{_BASE}"
_STRONG = (
    f"(?:{_SERIES1}\u17cc?(?:\u17d2{_NOT_BA}(?:\u17d2{_NOT_BA})?)?"
    f"|{_NOT_BA}\u17cc?(?:\u17d2{_SERIES1}(?:\u17d2{_NOT_BA})?|\u17d2{_NOT_BA}\u17d2{_SERIES1}))"
)
_WEAK = (
    f"(?:{_SERIES2}\u17cc?(?:\u17d2{_SERIES2}(?:\u17d2{_SERIES2})?)?"
    f"|\u1794\u17cc?(?:{_SUBS}(?:{_SUBS})?)?"
    f"|{_BASE}\u17cc?(?:\u17d2{_NOT_RO}\u17d2\u1794|\u17d2\u1794(?:\u17d2{_BASE})))"
)
_UPPER = "(?=[\u17b7-\u17ba\u17be\u17bf\u17dd\u17d0]|\u17b6\u17c6)"

# In khnormal's order; each is (what people type, what it stands for).
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), result)
    for pattern, result in (
        ("\u17be\u17b6", "\u17c4\u17b8"),
        ("\u17c1([\u17bb-\u17bd]?)\u17b8", "\u17be\\1"),
        ("\u17c1([\u17bb-\u17bd]?)\u17b6", "\u17c4\\1"),
        ("\u17be\u17bb", "\u17bb\u17be"),
        (f"({_STRONG}[\u17c1-\u17c5]?)\u17bb{_UPPER}", "\\1\u17ca"),
        (f"({_WEAK}[\u17c1-\u17c5]?)\u17bb{_UPPER}", "\\1\u17c9"),
        ("(\u17d2\u179a)(\u17d2[\u1780-\u17b3])", "\\2\\1"),
    )
)
_MAX_ROUNDS = 12
_CACHEABLE = 12  # code points; longer "syllables" are vandalism, not language


def _of_rank(low: int, high: int) -> str:
    return "".join(sign for sign, rank in _ORDER.items() if low <= rank <= high)


# Two neighbours that no canonical syllable has: most texts have none and need no work.
_SUSPECT = re.compile(
    "\u17d2[\u17d2\u200c\u200d]|\u17d2\u179a\u17d2|[\u17b6-\u17d1\u17d3\u17dd\u200c\u200d]\u17d2"
    "|[\u17b6-\u17c5]{2}|\u17bb[\u17d0\u17dd]|\u17d2[\u1780-\u17b3]?\u17cc|"
    + "|".join(f"[{_of_rank(rank, rank)}][{_of_rank(0, rank - 1)}]" for rank in range(4, 12))
)


def reorder(text: str) -> str:
    """`text` with every Khmer syllable in canonical order; other text unchanged."""
    text = text.replace("\u17d2\u178a", "\u17d2\u178f")  # subscript DA and TA look the same
    return _SYLLABLE.sub(_replace, text) if _SUSPECT.search(text) else text


def _replace(found: re.Match[str]) -> str:
    syllable = found.group()
    return _canonical_cached(syllable) if len(syllable) <= _CACHEABLE else _canonical(syllable)


def _canonical(syllable: str) -> str:
    """One syllable, ordered and its confusable vowels unified, until nothing moves any more."""
    for _ in range(_MAX_ROUNDS):
        before = syllable
        syllable = _REPEATED_COENG.sub(COENG, syllable)
        base, rest = syllable[0], _ATOM.findall(syllable[1:])
        syllable = base + "".join(sorted(rest, key=_rank))
        for pattern, result in _RULES:
            syllable = pattern.sub(result, syllable)
        if syllable == before:
            break
    return syllable


def _rank(atom: str) -> int:
    return _SUBSCRIPT_ORDER if atom[0] == COENG else _ORDER[atom]


_canonical_cached = lru_cache(maxsize=8192)(_canonical)
