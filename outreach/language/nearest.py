"""Understands a text by the labelled examples that are written most like it.

People say one thing in more ways than any list of forms foresees. Texts are alike by the runs of
three letters that they share, each weighed by how few examples have it, so that spelling, word
order and what is left out may differ. The examples are data (`data/examples/`) that staff add to.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from outreach.language.keywords import FOLDED, INTENTS
from outreach.language.matchkey import match_key

_RUN = 3  # letters
_FEWEST = 12  # runs: two words say too little, and are the matter of the forms
_VOTERS = 15
# Chosen by leaving out a fifth of the examples in turn: nine of ten decisions are right.
_LEAST_ALIKE = 0.15  # the nearest example
_LEAST_SHARE = 0.5  # of all votes
# Their words have to be said as they are (KHMER.md); and nothing is what UNKNOWN decides.
_NEVER = frozenset({"STOP", "START", "LANG", "EXIT", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it means."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest example of what most mean, and how much alike: the cosine, 0 to 1."""

    example: Example
    alike: float


def load(folder: Traversable) -> Iterator[Example]:
    """The examples in the JSON lines of `folder`, but for those with more than one meaning.

    Raises KeyError with file and line for an intent that does not exist.
    """
    for file in sorted(folder.iterdir(), key=lambda found: found.name):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            row = json.loads(line)
            meanings = row.get("accept") or [row["intent"]]
            for intent in meanings:
                if intent not in INTENTS and intent not in FOLDED:
                    raise KeyError(f"{file.name}, line {number}: no such intent: {intent}")
            if len(meanings) == 1:
                yield Example(row["text"], FOLDED.get(meanings[0], meanings[0]))


class Examples:
    """Labelled texts, ready to say what another text means."""

    def __init__(self, examples: Iterable[Example]) -> None:
        read = [(example, _runs(example.text)) for example in examples]
        kept = [(example, runs) for example, runs in read if len(runs) >= _FEWEST]
        self._examples = [example for example, _ in kept]
        found = [runs for _, runs in kept]
        having = Counter(run for runs in found for run in runs)
        self._rarest = math.log(len(found) or 1) + 1
        self._weight = {run: self._rarest - math.log(number) for run, number in having.items()}
        self._having: dict[str, list[int]] = defaultdict(list)
        for index, runs in enumerate(found):
            for run in runs:
                self._having[run].append(index)
        self._length = [self._norm(runs) for runs in found]

    def meaning(self, text: str) -> Near | None:
        """What most of the nearest examples mean; None where none is near, or they disagree."""
        runs = _runs(text)
        nearest = self._nearest(runs) if len(runs) >= _FEWEST else []
        if not nearest or nearest[0].alike < _LEAST_ALIKE:
            return None
        votes: dict[str, float] = defaultdict(float)
        for near in nearest:
            votes[near.example.intent] += near.alike**2
        intent = max(votes, key=votes.__getitem__)
        if intent in _NEVER or votes[intent] <= _LEAST_SHARE * sum(votes.values()):
            return None
        return next(near for near in nearest if near.example.intent == intent)

    def _nearest(self, runs: tuple[str, ...]) -> list[Near]:
        shared: dict[int, float] = defaultdict(float)
        for run in runs:
            for index in self._having.get(run, ()):
                shared[index] += self._weight[run] ** 2
        length = self._norm(runs)
        alike = ((dot / (length * self._length[index]), index) for index, dot in shared.items())
        # Of those that are equally near the first in the data: the same everywhere, always.
        first = sorted(alike, key=lambda found: (-found[0], found[1]))[:_VOTERS]
        return [Near(self._examples[index], share) for share, index in first]

    def _norm(self, runs: tuple[str, ...]) -> float:
        weights = (self._weight.get(run, self._rarest) for run in runs)
        return math.sqrt(sum(weight**2 for weight in weights)) or 1.0


def _runs(text: str) -> tuple[str, ...]:
    """Each once, in their order: sums of them are the same in every process."""
    key = f" {match_key(text)} "
    return tuple(dict.fromkeys(key[at : at + _RUN] for at in range(len(key) - _RUN + 1)))
