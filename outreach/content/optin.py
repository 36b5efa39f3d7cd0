"""The wordings that people agree to when they join, by version, and the posters that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from outreach.content.checks import text_problems
from outreach.content.source import Problem, line_of, read_mapping, refuse, unknown_keys
from outreach.kernel.errors import NotFound

# What S12 asks to be said, beside the version, the language, the channel and the time.
TERMS = ("purpose", "sender", "frequency", "leave")
LANGUAGES = ("km", "en", "th", "vi")
_TEXTS = ("poster", "ring")
_VERSION_MOST = 40
_MOST_PARTS = 5


@dataclass(frozen=True)
class Wording:
    """One version: its terms, and its poster and the line about ringing, by language."""

    version: str
    terms: dict[str, str]
    poster: dict[str, str]
    ring: dict[str, str]

    def printed(self, language: str, *, code: str, number: str, ring: str | None) -> str:
        """A poster's text in `language`."""
        text = self.poster[language].replace("{code}", code).replace("{number}", number)
        if ring is None:
            return text
        return f"{text} {self.ring[language].replace('{ring}', ring)}"


@dataclass(frozen=True)
class Wordings:
    """All versions, the oldest first."""

    versions: tuple[Wording, ...]

    @property
    def newest(self) -> Wording:
        """The version that new posters carry, and to which START agrees."""
        return self.versions[-1]

    def get(self, version: str) -> Wording:
        """A version by its name; raises NotFound."""
        for wording in self.versions:
            if wording.version == version:
                return wording
        known = ", ".join(wording.version for wording in self.versions)
        raise NotFound(f"There is no wording {version!r}.", remedy=f"Known: {known}.")


def load_wordings(path: Path) -> Wordings:
    """The versions in `path`; raises BadInput with every problem."""
    head = read_mapping(path)
    problems: list[Problem] = []
    found = [_wording(path, head, version, problems) for version in head]
    if not found:
        problems.append(Problem(path, 0, "There is no wording.", "Write one."))
    refuse(problems)
    return Wordings(tuple(found))


def _wording(path: Path, head: CommentedMap, version: Any, problems: list[Problem]) -> Wording:
    given, line = head[version], line_of(head, version)
    if not isinstance(given, CommentedMap) or not 0 < len(str(version)) <= _VERSION_MOST:
        problems.append(Problem(path, line, f"{version!r} is no version.", "Write its terms."))
        return Wording(str(version), {}, {}, {})
    problems += unknown_keys(path, given, (*TERMS, *_TEXTS))
    terms = {name: str(given.get(name) or "").strip() for name in TERMS}
    problems += [
        Problem(path, line, f"{version} does not say its {name}.", "People must know it (S12).")
        for name, said in terms.items()
        if not said
    ]
    poster, ring = (_texts(path, given, name, problems) for name in _TEXTS)
    return Wording(str(version), terms, poster, ring)


def _texts(path: Path, given: CommentedMap, name: str, problems: list[Problem]) -> dict[str, str]:
    texts = given.get(name)
    if not isinstance(texts, CommentedMap):
        todo = f"Write {name} in {', '.join(LANGUAGES)}."
        problems.append(Problem(path, line_of(given, name), f"There is no {name}.", todo))
        return {}
    problems += unknown_keys(path, texts, LANGUAGES)
    found = {language: str(texts.get(language) or "").strip() for language in LANGUAGES}
    for language, text in found.items():
        # What stands in for a number is no door.
        plain = text.replace("{code}", "-").replace("{number}", "-").replace("{ring}", "-")
        line = line_of(texts, language)
        problems += text_problems(path, plain, {}, most_parts=_MOST_PARTS, first_line=line)
    return found
