"""Labelled texts that staff add to (`data/examples/`): what the model learns from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from outreach.language.keywords import FOLDED, INTENTS
from outreach.language.learned import ngrams

FOLDER = files("outreach.language") / "data" / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it means."""

    text: str
    intent: str


def load(folder: Traversable) -> Iterator[Example]:
    """The examples in the JSON lines of `folder`, but for those with more than one meaning.

    Raises KeyError with file and line for an intent that does not exist.
    """
    for file in _in_order(folder):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            row = json.loads(line)
            meanings = row.get("accept") or [row["intent"]]
            for intent in meanings:
                if intent not in INTENTS and intent not in FOLDED:
                    raise KeyError(f"{file.name}, line {number}: no such intent: {intent}")
            if len(meanings) == 1:
                yield Example(row["text"], FOLDED.get(meanings[0], meanings[0]))


def digest(folder: Traversable) -> str:
    """Tells whether any example in `folder` changed: SHA-256, hexadecimal."""
    found = hashlib.sha256()
    for file in _in_order(folder):
        found.update(file.read_bytes())
    return found.hexdigest()


def nearest(text: str, intent: str) -> str:
    """The shipped example of `intent` that is written most like `text`; empty where there is none.

    Reads every example: for a person who asks why, not for every text that comes in.
    """
    own = ngrams(text)
    shared = [
        (len(own & theirs) / (len(own | theirs) or 1), example.text)
        for example, theirs in _shipped()
        if example.intent == intent
    ]
    return max(shared, key=lambda found: found[0], default=(0.0, ""))[1]


@lru_cache(maxsize=1)
def _shipped() -> list[tuple[Example, set[str]]]:
    return [(example, ngrams(example.text)) for example in load(FOLDER)]


def _in_order(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda file: file.name)
