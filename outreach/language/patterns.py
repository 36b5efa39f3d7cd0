"""Finds what is said in parts: NOT … LET … OUT is danger in every language, however worded.

A concept (`concepts.csv`) is an idea and the words for it; a pattern (`patterns.csv`) is concepts
in their order, with few other words between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from outreach.language import thai
from outreach.language.fold import bare, roman, stem
from outreach.language.keywords import Form, Lexicon
from outreach.language.khmer import KhmerIndex
from outreach.language.latin import Hit, Phrases, words
from outreach.language.runs import Run
from outreach.language.thai import ThaiIndex

# What may stand between two concepts: clusters, characters, words.
_GAP = {"khmer": 5, "thai": 10, "latin": 3}
_SURE = 6  # characters from which a Khmer word may be one sign off
_SOUNDING = 3  # letters from which a romanised word is known by its sound
_ROMAN_WORDS = 3
_THING = "THING"  # means another thing, and hides the shorter words of concepts within it

Spots = dict[str, list[tuple[int, int]]]  # where each concept is named: start, end


class PatternIndex:
    """The patterns of a lexicon, ready to be searched."""

    def __init__(self, lexicon: Lexicon) -> None:
        by_lang: dict[str, list[Form]] = defaultdict(list)
        for form in lexicon.concepts:
            by_lang[form.lang].append(form)
        self._khmer = KhmerIndex(
            by_lang["km"], (word for lang, word in lexicon.lookalikes if lang == "km")
        )
        self._thai = ThaiIndex(
            (Form(f.intent, f.lang, thai.toneless(f.text), f.review) for f in by_lang["th"]), ()
        )
        self._latin = _LatinConcepts(by_lang)
        self._patterns = lexicon.patterns

    def find(self, run: Run, language: str | None) -> Iterator[tuple[Form, int, int, str]]:
        """Every pattern in `run`: its form, where it starts and ends, and how it was found.

        `language` is what the text tells of its own.
        """
        for lang, spots in self._spots(run, language):
            for concepts, form in self._patterns:
                if form.lang in ("", lang) and all(concept in spots for concept in concepts):
                    for start, end in _chains(concepts, spots, _GAP[run.script]):
                        told = Form(form.intent, lang, form.text, form.review, danger=form.danger)
                        yield told, start, end, "pattern"

    def _spots(self, run: Run, language: str | None) -> Iterator[tuple[str, Spots]]:
        spots: Spots = defaultdict(list)
        if run.script == "khmer":
            for hit in self._khmer.find(list(run.units)):
                if hit.form and (hit.exact or len(hit.form.text) > _SURE):
                    spots[hit.form.intent].append((hit.start, hit.end))
            yield "km", spots
        elif run.script == "thai":
            for found in self._thai.find(thai.toneless("".join(run.units))):
                spots[found.form.intent].append((found.start, found.end))
            yield "th", spots
        else:
            yield from self._latin.spots(list(run.units), language)


class _LatinConcepts:
    """Concepts in English, Vietnamese (marks don't count) and romanised Khmer, kept apart."""

    def __init__(self, by_lang: dict[str, list[Form]]) -> None:
        self._english, self._vietnamese = Phrases(stem), Phrases(bare)
        self._sounds: dict[str, set[str]] = defaultdict(set)
        self._spelt: dict[str, set[str]] = defaultdict(set)
        for form in by_lang["en"]:
            self._english.add(form, form.text)
        for form in by_lang["vi"]:
            self._vietnamese.add(form, form.text)
        for form in by_lang["km-Latn"]:
            solid = "".join(words(form.text))
            self._spelt[solid].add(form.intent)
            if len(roman(solid)) >= _SOUNDING:
                self._sounds[roman(solid)].add(form.intent)

    def spots(self, raw: list[str], language: str | None) -> Iterator[tuple[str, Spots]]:
        """Where the concepts are named, in each tongue that the text may be written in."""
        if language in ("en", "vi", None):
            for lang, phrases in (("en", self._english), ("vi", self._vietnamese)):
                if language in (lang, None):
                    yield lang, _unhidden(phrases.find(raw, ""))
        if language in ("km", None):
            yield "km-Latn", self._romanised(raw)

    def _romanised(self, raw: list[str]) -> Spots:
        spots: Spots = defaultdict(list)
        for start in range(len(raw)):
            for end in range(start + 1, min(start + _ROMAN_WORDS, len(raw)) + 1):
                solid = "".join(raw[start:end])
                named = self._spelt.get(solid) or self._sounds.get(roman(solid)) or ()
                for concept in named:
                    spots[concept].append((start, end))
        return spots


def _unhidden(hits: list[Hit]) -> Spots:
    """Where each concept is named, other than within a THING."""
    things = [hit for hit in hits if hit.form.intent == _THING]
    spots: Spots = defaultdict(list)
    for hit in hits:
        if not any(thing.start <= hit.start and hit.end <= thing.end for thing in things):
            spots[hit.form.intent].append((hit.start, hit.end))
    return spots


def _chains(concepts: Iterable[str], spots: Spots, gap: int) -> set[tuple[int, int]]:
    """Where the concepts follow one another: starts and ends."""
    first, *others = concepts
    chains = set(spots[first])
    for concept in others:
        chains = {
            (start, after)
            for start, end in chains
            for begin, after in spots[concept]
            if end <= begin <= end + gap
        }
    return chains
