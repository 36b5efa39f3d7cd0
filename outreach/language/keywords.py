"""Loads the keyword data: forms per intent and language, danger words, company, look-alikes.

Staff edit these files (`outreach/language/data/`), not code. `|` joins several forms in a row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
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
    """A word that changes no intent: `polite` around a keyword, or `common` in its language."""

    lang: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All keyword data; `lookalikes` are (lang, word) that hide a form but mean another thing."""

    forms: tuple[Form, ...]
    company: tuple[Company, ...]
    lookalikes: tuple[tuple[str, str], ...]


def load(folder: Traversable) -> Lexicon:
    """The lexicon in `folder`; raises KeyError for an intent or a column that does not exist."""
    tongues = {
        text: row["asks_for"]
        for row in _rows(folder, "tongues.csv")
        for text in row["form"].split("|")
    }
    named = tuple(
        Form("LANG", "und", text, "native review pending", whole=True, asks_for=tongue)
        for text, tongue in tongues.items()
    )
    forms = (
        *named,
        *(form for form in _forms(folder, "keywords.csv") if form.text not in tongues),
        *_forms(folder, "whole.csv", whole=True),
        *_forms(folder, "danger.csv", danger=True),
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
    return Lexicon(forms, company, lookalikes)


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


def _rows(folder: Traversable, name: str) -> Iterator[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
