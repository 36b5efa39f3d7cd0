"""What hotline workers text and say: neutral replies and the lines of a call, in each language.

Two people approve them like the automatic replies (S31); none gives the subject away (S1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from outreach.content.approval import covered, read_approvals
from outreach.content.checks import text_problems
from outreach.content.doors import Door, render, tried
from outreach.content.replies import LANGUAGES
from outreach.content.source import Problem, line_of, read_mapping, refuse, unknown_keys
from outreach.language.fallback import DEFAULT

# What is said on the phone: first; what the call is about, for whoever listens; to somebody else
# who answers; and to somebody who asks why we call. Nobody is ever told that a person wrote.
CALL = ("hello", "cover", "someone_else", "asked_why")
_PARTS = ("replies", "call")
_MOST_PARTS = 3

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Phrases:
    """`replies` and `call` by language and name; `approved` by two people, doors tried (S31)."""

    replies: Texts
    call: Texts
    digest: str
    approved: bool

    def replies_in(self, language: str) -> Mapping[str, str]:
        """The neutral replies in a language, in Khmer where there are none."""
        return self.replies.get(language, self.replies[DEFAULT])

    def call_in(self, language: str) -> Mapping[str, str]:
        """The lines of a call in a language, in Khmer where there are none."""
        return self.call.get(language, self.call[DEFAULT])


def load_phrases(folder: Path, doors: dict[str, Door]) -> Phrases:
    """The phrases in `folder` (one YAML file per language, and approvals.yaml); raises BadInput
    with every problem."""
    problems: list[Problem] = []
    found = {code: _language(folder / f"{code}.yaml", doors, problems) for code in LANGUAGES}
    names = found[DEFAULT]["replies"].keys()
    for code, parts in found.items():
        if parts["replies"].keys() != names:
            what = "The replies have other names than in Khmer."
            todo = f"Name them {', '.join(names)}."
            problems.append(Problem(folder / f"{code}.yaml", 0, what, todo))
    path = folder / "approvals.yaml"
    head = read_mapping(path)
    problems += unknown_keys(path, head, ("approvals",))
    approvals = read_approvals(path, head, problems)
    refuse(problems)
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    texts = [text for parts in found.values() for part in parts.values() for text in part.values()]
    replies, call = (
        {
            code: {name: render(text, doors) for name, text in parts[part].items()}
            for code, parts in found.items()
        }
        for part in _PARTS
    )
    return Phrases(replies, call, digest, covered(approvals, digest) and tried(doors, texts))


def _language(
    path: Path, doors: dict[str, Door], problems: list[Problem]
) -> dict[str, dict[str, str]]:
    file = read_mapping(path)
    problems += unknown_keys(path, file, _PARTS)
    found: dict[str, dict[str, str]] = {}
    for part in _PARTS:
        given = file.get(part)
        given = given if isinstance(given, CommentedMap) else CommentedMap()
        if part == "call":
            problems += unknown_keys(path, given, CALL)
        names = CALL if part == "call" else list(given)
        found[part] = {str(name): str(given.get(name) or "").strip() for name in names}
        if not names:
            problems.append(Problem(path, line_of(file, part), f"No {part}.", "Write some."))
        for name, text in found[part].items():
            line = line_of(given, name)
            problems += text_problems(path, text, doors, most_parts=_MOST_PARTS, first_line=line)
    return found
