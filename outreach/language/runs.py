"""Cuts a text into runs of one script, and takes polite words off its ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from outreach.language import khmer, latin, thai
from outreach.language.keywords import Company

Script = Literal["khmer", "thai", "latin"]

_LATIN = "a-z0-9\u00df-\u024f\u1e00-\u1eff"
# Marks that no language here writes (struck-out and "zalgo" text), and a sign after a space.
_STRAY = re.compile(
    "[\u0300-\u0301\u0303-\u0305\u0307-\u031a\u031c-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
    "|(?<=[\u1780-\u17dd]) +(?=[\u17b6-\u17d2])"
)
_RUN = re.compile(
    "(?P<khmer>[\u1780-\u17b3][\u1780-\u17d3\u17dd ]*)"
    "|(?P<thai>[\u0e01-\u0e4e][\u0e01-\u0e4e ]*)"
    f"|(?P<latin>[{_LATIN}][{_LATIN}\u0300-\u036f ]*)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one script in units that forms are made of: clusters, characters or words."""

    script: Script
    units: Sequence[str]


@dataclass(frozen=True, slots=True)
class Polite:
    """Words that change nothing at the ends of a message, as unit sequences, longest first."""

    words: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, company: Iterable[Company], kind: str = "polite") -> Polite:
        """The words of that kind in a lexicon."""
        words: dict[str, list[tuple[str, ...]]] = {"khmer": [], "thai": [], "latin": []}
        for word in company:
            if word.kind == kind:
                for run in cut(word.text):
                    words[run.script].append(tuple(run.units))
        for found in words.values():
            found.sort(key=len, reverse=True)
        return cls(words)

    def strip(self, runs: list[Run]) -> list[Run]:
        """`runs` without polite words at either end; never empties a text that has others."""
        kept = list(runs)
        while kept:
            units = self._strip_start(kept[0].script, kept[0].units)
            if units:
                kept[0] = Run(kept[0].script, units)
                break
            kept.pop(0)
        while kept:
            units = self._strip_end(kept[-1].script, kept[-1].units)
            if units:
                kept[-1] = Run(kept[-1].script, units)
                break
            kept.pop()
        return kept

    def _strip_start(self, script: str, units: Sequence[str]) -> Sequence[str]:
        found = True
        while found:
            found = False
            for word in self.words[script]:
                if tuple(units[: len(word)]) == word:
                    units, found = units[len(word) :], True
                    break
        return units

    def _strip_end(self, script: str, units: Sequence[str]) -> Sequence[str]:
        found = True
        while found and units:
            found = False
            for word in self.words[script]:
                if tuple(units[-len(word) :]) == word:
                    units, found = units[: -len(word)], True
                    break
        return units


def cut(text: str) -> list[Run]:
    """The Khmer, Thai and Latin runs of `text`, in order; other scripts are dropped."""
    found: list[Run] = []
    key = latin.key(text)
    if not key.isascii() and _STRAY.search(key):
        key = latin.key(_STRAY.sub("", key))
    for piece in _RUN.finditer(key):
        if piece["khmer"]:
            found.append(Run("khmer", khmer.split(piece["khmer"])))
        elif piece["thai"]:
            found.append(Run("thai", thai.split(piece["thai"])))
        else:
            found.append(Run("latin", latin.split(piece["latin"])))
    return found
