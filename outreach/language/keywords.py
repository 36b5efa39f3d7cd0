"""Loads the keyword data: forms per intent and language, danger words, company, look-alikes.

Danger is put in many words: `variants.csv` says which may stand for each other in a form of it, and
`patterns.csv` what is said in parts, with the words for each part in `concepts.csv`.

Staff edit these files (`outreach/language/data/`), not code. `|` joins several forms in a row.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

# Rows of these intents answer as another one (KHMER.md).
FOLDED = {
    "TRAFFICKING": "HELP",
    "HOTLINE_WORD": "HELP",
    "BROKER": "JOB",
    "EMBASSY": "PASSPORT",
}
# A language may be named alone, or with the word for it.
_NAMING = ("lang {}", "language {}", "ភាសា{}", "phea sa {}", "pheasa {}", "ภาษา{}", "ngôn ngữ {}")
INTENTS = frozenset(
    [
        "HELP",
        "JOB",
        "PASSPORT",
        "DEBT",
        "POLICE",
        "LEGAL",
        "SHELTER",
        "CHILD",
        "HEALTH",
        "HOME",
        "STOP",
        "START",
        "INFO",
        "LANG",
        "EXIT",
        "WAGES",
        "UNKNOWN",
    ]
)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say one thing.

    `lang` is km, km-Latn, th, vi, en, und (no language of its own) or digit. `whole`: counts only
    as the whole message. `danger`: names danger rather than asking for help.
    """

    intent: str
    lang: str
    text: str
    review: str
    whole: bool = False
    danger: bool = False
    asks_for: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A word that changes no intent: `polite` around a keyword, `common` in its language, or said
    with a menu `digit` or the name of a `language`."""

    lang: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All keyword data; `lookalikes` are (lang, word) that hide a form but mean another thing.

    A concept's words are forms whose intent is its name. A pattern is concepts in their order, and
    the form that they amount to; its `lang` is empty where it holds in every language.
    """

    forms: tuple[Form, ...]
    company: tuple[Company, ...]
    lookalikes: tuple[tuple[str, str], ...]
    concepts: tuple[Form, ...]
    patterns: tuple[tuple[tuple[str, ...], Form], ...]


def load(folder: Traversable) -> Lexicon:
    """The lexicon in `folder`; raises KeyError for an intent or a column that does not exist."""
    tongues = {
        text: row["asks_for"]
        for row in _rows(folder, "tongues.csv")
        for name in row["form"].split("|")
        for text in (name, *(pattern.format(name) for pattern in _NAMING))
    }
    variants = [
        (row["lang"], tuple(row["form"].split("|"))) for row in _rows(folder, "variants.csv")
    ]
    named = tuple(
        Form("LANG", "und", text, "native review pending", whole=True, asks_for=tongue)
        for text, tongue in tongues.items()
    )
    forms = (
        *named,
        *(form for form in _forms(folder, "keywords.csv") if form.text not in tongues),
        *_forms(folder, "whole.csv", whole=True),
        *_varied(_forms(folder, "danger.csv", danger=True), variants),
    )
    company = tuple(
        Company(row["lang"], text, row["kind"])
        for row in _rows(folder, "company.csv")
        for text in row["form"].split("|")
    )
    lookalikes = tuple(
        (row["lang"], text)
        for row in _rows(folder, "lookalikes.csv")
        for text in row["form"].split("|")
    )
    concepts = tuple(
        Form(row["concept"], row["lang"], text, row["review"])
        for row in _rows(folder, "concepts.csv")
        for text in row["form"].split("|")
    )
    return Lexicon(forms, company, lookalikes, concepts, tuple(_patterns(folder, concepts)))


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """The lexicon that ships with the package."""
    return load(files("outreach.language") / "data")


def _forms(
    folder: Traversable, name: str, *, whole: bool = False, danger: bool = False
) -> Iterator[Form]:
    for row in _rows(folder, name):
        intent = FOLDED.get(row["intent"], row["intent"])
        if intent not in INTENTS:
            raise KeyError(f"{name}: no such intent: {row['intent']}")
        for text in row["form"].split("|"):
            yield Form(intent, row["lang"], text, row["review"], whole, danger)


def _patterns(
    folder: Traversable, concepts: Iterable[Form]
) -> Iterator[tuple[tuple[str, ...], Form]]:
    known = {form.intent for form in concepts}
    for row in _rows(folder, "patterns.csv"):
        for text in row["concepts"].split("|"):
            parts = tuple(text.split())
            if row["intent"] not in INTENTS or not known.issuperset(parts):
                raise KeyError(f"patterns.csv: no such intent or concept: {row['intent']}, {text}")
            danger = row["danger"] == "yes"
            said = " … ".join(parts)
            yield parts, Form(row["intent"], row["lang"], said, row["review"], danger=danger)


def _varied(
    forms: Iterable[Form], variants: Iterable[tuple[str, tuple[str, ...]]]
) -> Iterator[Form]:
    """Each form, and each with words of one group for one another."""
    groups = [(lang, _any(lang, words), words) for lang, words in variants]
    for form in forms:
        texts = {form.text: None}  # ordered
        for lang, one_of, words in groups:
            if lang == form.lang:
                texts |= {
                    one_of.sub(word, text): None
                    for text in tuple(texts)
                    if one_of.search(text)
                    for word in words
                }
        yield from (replace(form, text=text) for text in texts)


def _any(lang: str, words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    # Khmer and Thai write no spaces; a Latin word is looked for as a whole.
    return re.compile(either if lang in ("km", "th") else rf"\b(?:{either})\b")


def _rows(folder: Traversable, name: str) -> Iterator[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
