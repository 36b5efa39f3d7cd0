"""Understands a text by what a linear model learned from the labelled examples.

People say one thing in more ways than any list of forms foresees. Every run of two to five letters
(character n-gram) of a text speaks for or against each intent; the one that most is said for is
meant. `scripts/learn` makes the weights, a support vector machine's, from `data/examples/`; they
lie in `data/learned.bin`: a line of JSON, then for each intent one signed byte a bucket, which
n-grams share by their CRC-32. Sums of whole numbers: the same in every process, on every machine.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from outreach.language.matchkey import match_key

FILE = files("outreach.language") / "data" / "learned.bin"
BUCKETS = 1 << 17
# Their words have to be said as they are (KHMER.md): the model learns them as UNKNOWN.
NEVER = frozenset({"STOP", "START", "LANG", "EXIT"})
_LENGTHS = range(2, 6)  # letters
_SHORTEST = 12  # letters of a match key: two words say too little, and are the matter of the forms
_LEAST = -0.4  # below it a text is like no example


@dataclass(frozen=True, slots=True)
class Learned:
    """What most is said for, and how far it is ahead of the next: distances from the border
    between an intent and all others, 1 where the examples nearest to it lie."""

    intent: str
    ahead: float


class Model:
    """The weights in the bytes of `learned.bin`; `examples` is the digest of what it learned."""

    def __init__(self, content: bytes) -> None:
        head, _, weights = content.partition(b"\n")
        facts = json.loads(head)
        self.examples: str = facts["examples"]
        self._scale: float = facts["scale"]
        signed = memoryview(weights).cast("b")
        self._each = [
            (intent, intercept, signed[at * BUCKETS : (at + 1) * BUCKETS])
            for at, (intent, intercept) in enumerate(facts["intercepts"].items())
        ]

    def meaning(self, text: str) -> Learned | None:
        """What `text` means; None where it is too short, or like nothing that was learned."""
        if len(match_key(text)) < _SHORTEST:
            return None
        found = buckets(text)
        share = self._scale / math.sqrt(len(found))  # a long text says no more than a short one
        scores = sorted(
            (intercept + share * sum(map(weights.__getitem__, found)), intent)
            for intent, intercept, weights in self._each
        )
        (second, _), (best, intent) = scores[-2:]
        return Learned(intent, best - second) if best > _LEAST else None


def ngrams(text: str) -> set[str]:
    """The runs of two to five letters in the match key of `text`, its ends as spaces."""
    key = f" {match_key(text)} "
    return {key[at : at + long] for long in _LENGTHS for at in range(len(key) - long + 1)}


def buckets(text: str) -> list[int]:
    """The weights that the n-grams of `text` stand for, each once, in ascending order."""
    return sorted({zlib.crc32(ngram.encode()) % BUCKETS for ngram in ngrams(text)})


def packed(
    examples: str, scale: float, intercepts: dict[str, float], weights: Iterable[Iterable[int]]
) -> bytes:
    """The content of `learned.bin`: for each intent its intercept, and BUCKETS weights in
    -127..127, which are the model's when multiplied by `scale`."""
    head = {"examples": examples, "scale": scale, "intercepts": intercepts}
    signed = bytes(weight & 0xFF for each in weights for weight in each)
    return json.dumps(head).encode() + b"\n" + signed


def shipped() -> Model:
    """The model that ships with the package."""
    return Model(FILE.read_bytes())
