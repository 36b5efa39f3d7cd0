"""Three closed questions for somebody who knows no address: where, near what, at what work.

The questions and their choices are data (`campaigns/replies/landmarks.csv`), approved with the
replies. They read like any information service's: whoever sees them learns nothing (S2).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from outreach.content.checks import text_problems
from outreach.content.source import Problem, read_text
from outreach.language.matchkey import match_key

PLACE, LANDMARK, SECTOR = "place", "landmark", "sector"
LANGUAGES = ("km", "en", "th", "vi")
_COLUMNS = ("step", "under", "digit", "id", "country", *LANGUAGES, "review")
# 9 and 0 mean the same everywhere (S7), and # the languages.
_DIGITS = frozenset("12345678")
_MOST_PARTS = 4

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One answer: its digit and its name in each language; `country` of a place, "" if none."""

    id: str
    digit: str
    country: str
    labels: Labels


@dataclass(frozen=True)
class Landmarks:
    """The questions by step, and the choices by (step, id of the place that they lie under)."""

    questions: Mapping[str, Labels]
    choices: Mapping[tuple[str, str], tuple[Choice, ...]]

    def under(self, step: str, place: str) -> tuple[Choice, ...]:
        """The choices of a step; a landmark's depend on the place."""
        return self.choices.get((step, place if step == LANDMARK else ""), ())

    def choice(self, step: str, place: str, typed: str) -> str | None:
        """The id of the choice that a digit or a name (its match key) stands for, or None."""
        for choice in self.under(step, place):
            if typed == choice.digit or typed in map(match_key, choice.labels.values()):
                return choice.id
        return None

    def text(self, step: str, place: str, language: str) -> str:
        """A question with its choices."""
        choices = (f"{one.digit} {one.labels[language]}" for one in self.under(step, place))
        return " ".join((self.questions[step][language], *choices))

    def find(self, step: str, place: str, id_: str) -> Choice | None:
        """A choice by its id; None for one that is not offered any more."""
        return next((one for one in self.under(step, place) if one.id == id_), None)

    def country(self, place: str) -> str | None:
        """The country of a place, or None where it is not known."""
        found = self.find(PLACE, "", place)
        return found.country or None if found else None


def load_landmarks(path: Path, problems: list[Problem]) -> Landmarks:
    """The questions in a CSV file; adds what is wrong to `problems`."""
    questions: dict[str, Labels] = {}
    choices: dict[tuple[str, str], list[Choice]] = {}
    for line, row in enumerate(csv.DictReader(read_text(path).splitlines()), start=2):
        if set(row) != set(_COLUMNS) or None in row.values() or not all(_labels(row).values()):
            todo = f"Use {', '.join(_COLUMNS)}, and a word in each language."
            problems.append(Problem(path, line, "The line is not whole.", todo))
        elif row["step"] not in (PLACE, LANDMARK, SECTOR):
            problems.append(Problem(path, line, "No such step.", "Use place, landmark or sector."))
        elif not row["digit"]:
            questions[row["step"]] = _labels(row)
        else:
            here = choices.setdefault((row["step"], row["under"]), [])
            if row["digit"] not in _DIGITS or row["digit"] in {one.digit for one in here}:
                todo = "Use 1 to 8, each once; 9 and 0 mean a call and STOP."
                problems.append(Problem(path, line, f"The digit is {row['digit']!r}.", todo))
            here.append(Choice(row["id"], row["digit"], row["country"], _labels(row)))
    found = Landmarks(questions, {key: tuple(ones) for key, ones in choices.items()})
    problems += _unasked(path, found) or _unfit(path, found)
    return found


def _labels(row: Mapping[str, str]) -> dict[str, str]:
    return {language: (row.get(language) or "").strip() for language in LANGUAGES}


def _unasked(path: Path, found: Landmarks) -> list[Problem]:
    places = found.under(PLACE, "")
    asked = [(PLACE, ""), (SECTOR, ""), *((LANDMARK, one.id) for one in places)]
    return [
        Problem(path, 1, f"Nothing to choose: {step} {place}.", "Add its question and choices.")
        for step, place in asked
        if step not in found.questions or not found.under(step, place)
    ]


def _unfit(path: Path, found: Landmarks) -> list[Problem]:
    return [
        problem
        for step, place in found.choices
        for language in LANGUAGES
        for problem in text_problems(
            path, found.text(step, place, language), {}, most_parts=_MOST_PARTS
        )
    ]
