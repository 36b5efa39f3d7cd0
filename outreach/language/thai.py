"""Finds keyword forms in unspaced Thai: tone marks may lack, a long form may be one letter off."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from outreach.language.keywords import Form
from outreach.language.matchkey import match_key

_TONES = re.compile("[\u0e48-\u0e4c]+")
_RUN = re.compile("[\u0e00-\u0e7f]+")
# A form may not be cut out of a syllable: no vowel sign after it, no leading vowel before it.
BEFORE = "(?<![\u0e40-\u0e44])"
AFTER = "(?![\u0e30-\u0e3a\u0e45\u0e47-\u0e4e])"
_FUZZY_FROM = 6  # characters without tones
_FREE_FROM = 8  # characters from which any letter may be off; below, for one that sounds alike
# Letters that sound alike at the end of a syllable, each class as its first.
_ALIKE = str.maketrans("ขคฆชซฎฏฐฑฒดตถทธศษสญณรลฬปพฟภ", "กกกจจจจจจจจจจจจจจจนนนนนบบบบ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found over characters `start` to `end`, and how it was written there."""

    form: Form
    start: int
    end: int
    how: str


class ThaiIndex:
    """Thai forms and look-alikes, ready to be searched."""

    def __init__(self, forms: Iterable[Form], lookalikes: Iterable[str]) -> None:
        self._words: dict[str, list[Form]] = {}
        self._toneless: dict[str, list[Form]] = {}
        hidden = {normal(word) for word in lookalikes}
        for form in forms:
            text = normal(form.text)
            self._words.setdefault(text, []).append(form)
            bare = _TONES.sub("", text)
            if bare not in hidden:
                self._toneless.setdefault(bare, []).append(form)
        for word in hidden:
            self._words.setdefault(word, [])
            self._toneless.setdefault(_TONES.sub("", word), [])
        self._pattern = _either(self._words)
        self._bare_pattern = _either(self._toneless)
        self._near = _Near(self._toneless)

    def find(self, text: str) -> list[Hit]:
        """Every form in `text` (from `normal`); the longest at each place, look-alikes hide."""
        hits = _search(self._pattern, self._words, text, "exact")
        if hits:
            return hits
        bare = _TONES.sub("", text)
        hits = _search(self._bare_pattern, self._toneless, bare, "without tone marks")
        return hits or list(self._near.find(self._bare_pattern.sub(_blank, bare)))


class _Near:
    """Long forms with one letter dropped, added or changed: one half of the form is untouched."""

    def __init__(self, words: dict[str, list[Form]]) -> None:
        self._halves: dict[str, list[tuple[int, str, Form]]] = defaultdict(list)
        for text, forms in words.items():
            if len(text) >= _FUZZY_FROM:
                middle = len(text) // 2
                for offset, half in ((0, text[:middle]), (middle, text[middle:])):
                    self._halves[half] += [(offset, text, form) for form in forms]
        self._lengths = sorted({len(half) for half in self._halves})

    def find(self, text: str) -> Iterator[Hit]:
        for at in range(len(text)):
            for length in self._lengths:
                for offset, known, form in self._halves.get(text[at : at + length], ()):
                    yield from self._weigh(text, at - offset, known, form)

    def _weigh(self, text: str, start: int, known: str, form: Form) -> Iterator[Hit]:
        # Before an untouched second half, a letter more or less moves the beginning.
        for begin in {max(0, start + shift) for shift in (-1, 0, 1)}:
            for end in range(begin + len(known) - 1, begin + len(known) + 2):
                window = text[begin:end]
                if len(window) == end - begin and _one_off(known, window):
                    yield Hit(form, begin, end, "one letter off")


def _one_off(known: str, window: str) -> bool:
    if len(known) < _FREE_FROM:
        return known.translate(_ALIKE) == window.translate(_ALIKE)
    return OSA.distance(known, window, score_cutoff=1) <= 1


def split(run: str) -> list[str]:
    """The characters of a Thai run without its outer spaces."""
    return list(run.strip())


def normal(text: str) -> str:
    """The Thai part of a match key, its stretches joined by single spaces."""
    return " ".join(_RUN.findall(match_key(text)))


def toneless(text: str) -> str:
    """`text` without Thai tone marks, its match key otherwise."""
    return _TONES.sub("", match_key(text))


def _either(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"{BEFORE}(?:{'|'.join(map(re.escape, longest_first))}){AFTER}")


def _blank(word: re.Match[str]) -> str:
    return " " * len(word.group())


def _search(
    pattern: re.Pattern[str], words: dict[str, list[Form]], text: str, how: str
) -> list[Hit]:
    return [
        Hit(form, found.start(), found.end(), how)
        for found in pattern.finditer(text)
        for form in words[found.group()]
    ]
