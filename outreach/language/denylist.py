"""Finds words in outgoing text that would give the subject away (SAFETY S1).

Reads the match key, so another code-point order, an invisible character or a space inside a Khmer
word does not slip past; nor do look-alikes in Latin script (pol1ce, p.o.l.i.c.e, Cyrillic letters).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import regex

from outreach.language import thai
from outreach.language.fold import bare, toned
from outreach.language.matchkey import match_key

_KHMER_GAP = re.compile("(?<=[\u1780-\u17d3\u17dd]) (?=[\u1780-\u17b3])")
_KHMER = re.compile("[\u1780-\u17b3]")
_THAI = re.compile("[\u0e01-\u0e4e]")
_LATIN = re.compile("[a-z]")
_CLUSTER = regex.compile(r"\X")
# p.o.l.i.c.e and p o l i c e: single letters with the same kind of gap; pol-ice: a mark in a word.
_SPELT_OUT = re.compile(r"(?<![a-z])(?:[a-z][ ._*~\-]+){2,}[a-z](?![a-z])")
_SPLIT = re.compile(r"(?<=[a-z])[._*~\-\u00b7]+(?=[a-z])")
_NOT_LETTERS = re.compile("[^a-z]+")
_STRETCHED = re.compile(r"([a-z])\1\1+")
_ALIKE = str.maketrans(
    {
        **dict(zip("0134578@$!|", "oieastbasii", strict=True)),
        **dict(zip("аеорсухіјѕкмтнвԁӏ", "aeopcyxijskmthbdi", strict=True)),  # Cyrillic
        **dict(zip("αεοικνρτυχ", "aeoikvptux", strict=True)),  # Greek
        "l": "i",
    }
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that must not go out: the listed form, what it gives away, where it begins.

    `start` is an offset into the text in code points, of the first place that looks like it.
    """

    word: str
    subject: str
    start: int


class DenyList:
    """The listed words, ready to be looked for."""

    def __init__(self, rows: Iterable[dict[str, str]], harmless: Iterable[str] = ()) -> None:
        self._khmer: dict[str, tuple[str, str]] = {}
        self._thai: dict[str, tuple[str, str]] = {}
        self._latin: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        self._joined: dict[str, tuple[str, str]] = {}
        self._marked: dict[str, tuple[str, str]] = {}
        for row in rows:
            for word in row["form"].split("|"):
                self._add(word, row["subject"], row["lang"])
        self._harmless = {thai.toneless(word) for word in harmless} - self._thai.keys()
        self._khmer_pattern = _pattern(self._khmer, "(?<!\u17d2)", "(?![\u17b6-\u17d3\u17dd])")
        self._thai_pattern = _pattern({*self._thai, *self._harmless}, thai.BEFORE, thai.AFTER)

    def _add(self, word: str, subject: str, lang: str) -> None:
        said = (word, subject)
        if lang == "km":
            self._khmer[_KHMER_GAP.sub("", match_key(word))] = said
        elif lang == "th":
            self._thai[thai.toneless(word)] = said
        elif lang == "vi" and " " not in word:
            self._marked[toned(match_key(word))] = said  # without its marks it is another word
        else:
            tokens = tuple(_letters(word).split())
            self._latin.setdefault(tokens[0], []).append((tokens, word, subject))
            self._joined["".join(tokens)] = said

    def find(self, text: str) -> list[Hit]:
        """Every listed word in `text`, each once, in the order of the text."""
        found = dict.fromkeys(self._search(text))
        hits = [Hit(word, subject, _offset(text, word)) for word, subject in found]
        return sorted(hits, key=lambda hit: hit.start)

    def _search(self, text: str) -> Iterator[tuple[str, str]]:
        key = match_key(text)
        if _KHMER.search(key):
            for word in self._khmer_pattern.findall(_KHMER_GAP.sub("", key)):
                yield self._khmer[word]
        if _THAI.search(key):
            for word in self._thai_pattern.findall(thai.toneless(key)):
                if word in self._thai:
                    yield self._thai[word]
        if not key.isascii():
            yield from (
                self._marked[word] for word in map(toned, key.split()) if word in self._marked
            )
        if _LATIN.search(key) or not key.isascii():
            yield from self._search_latin(text)

    def _search_latin(self, text: str) -> Iterator[tuple[str, str]]:
        folded = _folded(text)
        yield from self._phrases(_NOT_LETTERS.sub(" ", folded).split())
        whole = _SPLIT.sub("", folded)
        if whole != folded:
            yield from self._phrases(_NOT_LETTERS.sub(" ", whole).split())
        for spelt in _SPELT_OUT.findall(folded):
            letters = _NOT_LETTERS.sub("", spelt)
            yield from (said for joined, said in self._joined.items() if joined in letters)

    def _phrases(self, tokens: list[str]) -> Iterator[tuple[str, str]]:
        for at, token in enumerate(tokens):
            for phrase, word, subject in self._latin.get(token, ()):
                if tuple(tokens[at : at + len(phrase)]) == phrase:
                    yield word, subject


def find(text: str) -> list[Hit]:
    """Every word of the shipped deny-list in `text`; empty means that it may go out.

    >>> [hit.subject for hit in find("Free call to the p0lice")]
    ['police']
    """
    return _shipped().find(text)


def load(folder: Traversable) -> DenyList:
    """The deny-list in `folder` (denylist.csv, and the look-alikes that hide no word)."""
    with (folder / "lookalikes.csv").open(encoding="utf-8") as lines:
        harmless = [
            word
            for row in csv.DictReader(lines)
            if row["lang"] == "th"
            for word in row["form"].split("|")
        ]
    with (folder / "denylist.csv").open(encoding="utf-8") as lines:
        return DenyList(csv.DictReader(lines), harmless)


@lru_cache(maxsize=1)
def _shipped() -> DenyList:
    return load(files("outreach.language") / "data")


def _folded(text: str) -> str:
    """Lower case, no marks, no format characters, look-alikes as the letter they look like."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = bare("".join(char for char in folded if unicodedata.category(char) != "Cf"))
    return _STRETCHED.sub(r"\1", folded.translate(_ALIKE))


def _letters(word: str) -> str:
    return _NOT_LETTERS.sub(" ", _folded(word))


def _pattern(words: Iterable[str], before: str, after: str) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, longest_first))}){after}")


def _offset(text: str, word: str) -> int:
    """Where `word` begins in `text`, by comparing letters alone; 0 if that does not tell."""
    letters, starts = "", []
    for cluster in _CLUSTER.finditer(text):
        piece = _plain(cluster.group())
        letters += piece
        starts += [cluster.start()] * len(piece)
    at = letters.find(_plain(word))
    return starts[at] if at >= 0 else 0


def _plain(text: str) -> str:
    return match_key(thai.toneless(_folded(text))).replace(" ", "")
