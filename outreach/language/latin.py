"""Finds keyword forms in Latin script: English, Vietnamese, romanised Khmer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from outreach.language.fold import bare, roman, stem, toned
from outreach.language.keywords import Company, Form
from outreach.language.matchkey import match_key

_APOSTROPHES = re.compile("['’‘`´ʼ＇]")
_WORD = re.compile("[a-z0-9\u00df-\u024f\u1e00-\u1eff\u0300-\u036f]+")
_STRETCHED = re.compile(r"([a-z])\1\1+")
_SPELT_OUT = re.compile(r"\b[a-z](?: [a-z]){2,}\b")  # h e l p
_ROMAN_WORDS = 4  # a romanised word may be typed in so many pieces
_GAP = 3  # words that `*` in a form may stand for
_SOUNDING = 3  # letters of a sound from which a romanised word is known by it
_FUZZY_FROM = 5  # letters; of a shorter word, only a doubled letter or two swapped ones
_EVERYDAY = ("polite", "common")  # kinds of words that tell which language a text is in
_DOUBLED = re.compile(r"(.)\1")


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found over words `start` to `end` (exclusive)."""

    form: Form
    start: int
    end: int
    how: str


def key(text: str) -> str:
    """The match key of `text` with can't as cant, not as two words."""
    return match_key(_APOSTROPHES.sub("", text))


def split(run: str) -> list[str]:
    """The Latin words of a match key, with their marks; heeelp and h e l p are help."""
    joined = _SPELT_OUT.sub(lambda found: found.group().replace(" ", ""), run)
    return _WORD.findall(_STRETCHED.sub(r"\1", joined))


def words(text: str) -> list[str]:
    """The Latin words of `text`."""
    return split(key(text))


class Phrases:
    """Sequences of words; `*` stands for up to three words."""

    def __init__(self, normal: Callable[[str], str]) -> None:
        self._normal = normal
        self._by_first: dict[str, list[tuple[tuple[str, ...], Form]]] = defaultdict(list)

    def add(self, form: Form, text: str) -> None:
        """Adds a form, spelt `text`."""
        tokens = tuple(word if word == "*" else self._normal(word) for word in _tokens(text))
        self._by_first[tokens[0]].append((tokens, form))

    def find(self, raw: list[str], how: str) -> list[Hit]:
        """Every form in these words."""
        normal = [self._normal(word) for word in raw]
        hits = []
        for start, word in enumerate(normal):
            for tokens, form in self._by_first.get(word, ()):
                end = _end(tokens, normal, start)
                if end:
                    hits.append(Hit(form, start, end, how))
        return hits

    def firsts(self) -> set[str]:
        """The normalised first words of all forms."""
        return set(self._by_first)


class LatinIndex:
    """Latin forms, ready to be searched."""

    def __init__(
        self,
        forms: Iterable[Form],
        company: Iterable[Company],
        lookalikes: Iterable[tuple[str, str]],
    ) -> None:
        self._english = Phrases(stem)
        self._marked = Phrases(toned)
        self._bare = Phrases(bare)
        self._spelt: dict[str, list[Form]] = defaultdict(list)
        self._sounds: dict[str, list[Form]] = defaultdict(list)
        self._single: dict[str, str] = {}
        for form in forms:
            self._add(form)
        self._common: dict[str, set[str]] = defaultdict(set)
        for word in company:
            if word.kind not in _EVERYDAY:
                continue
            self._common[word.lang].update(bare(token) for token in _tokens(word.text))
        self._hidden = {
            lang: {text for other, text in lookalikes if other == lang}
            for lang in ("en", "vi", "km-Latn")
        }
        self._masks = [("en", Phrases(stem)), ("vi", Phrases(toned)), ("km-Latn", Phrases(bare))]
        for lang, phrases in self._masks:
            for text in filter(lambda words: " " in words, self._hidden[lang]):
                phrases.add(Form("", lang, text, ""), text)
        self._known_stems = {stem(word) for word in self._common["en"]} | self._english.firsts()

    def _add(self, form: Form) -> None:
        if form.lang in ("en", "und"):
            self._english.add(form, form.text)
            tokens = _tokens(form.text)
            if form.lang == "en" and len(tokens) == 1 and not form.whole:
                self._single[stem(tokens[0])] = tokens[0]
        elif form.lang == "vi":
            self._marked.add(form, form.text)
            if len(_tokens(form.text)) > 1:
                self._bare.add(form, bare(form.text))
        elif form.lang == "km-Latn":
            joined = "".join(_tokens(form.text))
            self._spelt[joined].append(form)
            sound = roman(joined)
            # Nobody is struck off for a word that only sounds so.
            if form.intent != "STOP" and len(sound) >= _SOUNDING:
                self._sounds[sound].append(form)

    def language(self, raw: list[str]) -> str | None:
        """en, vi or km where the common words tell, else None."""
        plain = [bare(word) for word in raw]
        votes = {
            "en": sum(word in self._common["en"] for word in plain),
            "vi": sum(word in self._common["vi"] for word in plain)
            + 2 * sum(not word.isascii() for word in raw),
            "km": sum(word in self._common["km-Latn"] for word in plain),
        }
        best = max(votes, key=lambda lang: votes[lang])
        others = [count for lang, count in votes.items() if lang != best]
        return best if votes[best] > max(others) else None

    def find(self, raw: list[str]) -> list[Hit]:
        """Every form in these words (from `words`)."""
        language = self.language(raw)
        hits = self._english.find(raw, "exact")
        hits += self._marked.find(raw, "exact")
        hits += self._bare.find([bare(word) for word in raw], "without marks")
        taken = {index for hit in hits for index in range(hit.start, hit.end)}
        hits += self._romanised(raw, language, taken)
        if language in ("en", None):
            taken = {index for hit in hits for index in range(hit.start, hit.end)}
            hits += self._misspelt(raw, taken)
        masked = [mask for _, phrases in self._masks for mask in phrases.find(raw, "")]
        return [hit for hit in hits if not any(_hides(mask, hit) for mask in masked)]

    def _romanised(self, raw: list[str], language: str | None, taken: set[int]) -> list[Hit]:
        hits: list[Hit] = []
        foreign = language in ("en", "vi")
        for start in range(len(raw)):
            joined = ""
            for end in range(start, min(start + _ROMAN_WORDS, len(raw))):
                if end in taken:
                    break
                joined += raw[end]
                known = any(
                    word in self._common["en"] or word in self._common["vi"]
                    for word in raw[start : end + 1]
                )
                if foreign and known:
                    continue
                if joined in self._spelt:
                    hits += [Hit(f, start, end + 1, "romanised") for f in self._spelt[joined]]
                elif not known and not foreign and joined not in self._hidden["km-Latn"]:
                    hits += [
                        Hit(f, start, end + 1, "sounds alike")
                        for f in self._sounds.get(roman(joined), ())
                    ]
        return hits

    def _misspelt(self, raw: list[str], taken: set[int]) -> list[Hit]:
        hits: list[Hit] = []
        for index, word in enumerate(raw):
            if index in taken or not word.isascii():
                continue
            root = stem(word)
            if (
                root in self._known_stems
                or word in self._common["en"]
                or word in self._hidden["en"]
            ):
                continue
            for known, spelt in self._single.items():
                if _one_off(known, root) or _one_off(known, word):
                    found = self._english.find([spelt], "one letter off")
                    hits += [
                        Hit(hit.form, index, index + 1, hit.how)
                        for hit in found
                        if hit.form.text == spelt
                    ]
        return hits


def _hides(mask: Hit, hit: Hit) -> bool:
    """Whether a look-alike covers a hit or begins within it, or touches one that is not exact;
    a form other than danger that it equals stands (giúp việc: housework, not help)."""
    if not hit.form.danger and (mask.start, mask.end) == (hit.start, hit.end):
        return False
    if hit.how == "exact":
        return hit.end <= mask.end and mask.start < hit.end
    return mask.start < hit.end and hit.start < mask.end


def _one_off(known: str, word: str) -> bool:
    """Whether `word` is `known` with one letter dropped, added, changed, doubled or swapped."""
    if len(known) >= _FUZZY_FROM and len(word) >= _FUZZY_FROM:
        return abs(len(known) - len(word)) <= 1 and OSA.distance(known, word, score_cutoff=1) <= 1
    if len(word) == len(known):
        swapped = len(word) > 3 and word[0] == known[0] and sorted(word) == sorted(known)
        return swapped and OSA.distance(known, word, score_cutoff=1) <= 1
    return len(word) == len(known) + 1 and _DOUBLED.sub(r"\1", word) == known


def _tokens(text: str) -> list[str]:
    return [token for piece in text.split() for token in _piece(piece)]


# Forms are made of few words, and each is read many times.
@lru_cache(maxsize=8_192)
def _piece(piece: str) -> tuple[str, ...]:
    return ("*",) if piece == "*" else tuple(words(piece))


def _end(tokens: tuple[str, ...], found: list[str], start: int) -> int:
    """Where the sequence that starts at `start` ends, or 0."""
    at = start
    gap = 0
    for word in tokens:
        if word == "*":
            gap = _GAP
            continue
        for skip in range(gap + 1):
            if at + skip < len(found) and found[at + skip] == word:
                at += skip + 1
                break
        else:
            return 0
        gap = 0
    return at
