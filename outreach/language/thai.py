"""Finds keyword forms in unspaced Thai, with or without tone marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from outreach.language.keywords import Form
from outreach.language.matchkey import match_key

_TONES = re.compile("[\u0e48-\u0e4c]+")
_RUN = re.compile("[\u0e00-\u0e7f]+")
# A form may not be cut out of a syllable: no vowel sign after it, no leading vowel before it.
BEFORE = "(?<![\u0e40-\u0e44])"
AFTER = "(?![\u0e30-\u0e3a\u0e45\u0e47-\u0e4e])"


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found over characters `start` to `end`."""

    form: Form
    start: int
    end: int
    exact: bool


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

    def find(self, text: str) -> list[Hit]:
        """Every form in `text` (from `normal`); the longest at each place, look-alikes hide."""
        hits = _search(self._pattern, self._words, text, True)
        return hits or _search(self._bare_pattern, self._toneless, _TONES.sub("", text), False)


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


def _search(
    pattern: re.Pattern[str], words: dict[str, list[Form]], text: str, exact: bool
) -> list[Hit]:
    return [
        Hit(form, found.start(), found.end(), exact)
        for found in pattern.finditer(text)
        for form in words[found.group()]
    ]
