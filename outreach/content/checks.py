"""Checks a text before anybody gets it: deny-list (S1), doors (S10), length; tells all at once."""

from __future__ import annotations

import re
from pathlib import Path

from outreach.content.doors import Door, names_in, render
from outreach.content.source import Problem
from outreach.language.denylist import find
from outreach.language.parts import count

# The gateway's limit for one message.
LONGEST = 1_600
_NUMBER = re.compile(r"(?:\d[\s.\-]?){6,}")


def text_problems(
    path: Path, text: str, doors: dict[str, Door], *, most_parts: int, first_line: int = 1
) -> list[Problem]:
    """What is wrong with a text that is to go out. `first_line` is its place in the file."""

    def at(offset: int) -> int:
        return first_line + text.count("\n", 0, offset)

    problems = [
        Problem(
            path,
            at(hit.start),
            f"The word {hit.word!r} gives the subject away ({hit.subject}).",
            "Say it in ordinary words: whoever holds the phone may read it.",
        )
        for hit in find(text)
    ]
    problems += [
        Problem(path, at(found.start()), "A literal number.", "Name a door instead: {name}.")
        for found in _NUMBER.finditer(text)
    ]
    closed = [name for name in sorted(names_in(text)) if name not in doors or doors[name].burned]
    problems += [
        Problem(
            path,
            at(text.index(f"{{{name}}}")),
            f"There is no open door {name!r}.",
            f"Use one of: {', '.join(n for n, door in doors.items() if not door.burned) or '-'}.",
        )
        for name in closed
    ]
    return problems if closed else problems + _length(path, first_line, text, doors, most_parts)


def way_back_problems(path: Path, text: str) -> list[Problem]:
    """What is wrong with a text that comes from a name, which nobody can answer: whoever wants to
    reach us, or to stop us, needs a number."""
    if names_in(text):
        return []
    said = "The sender is a name, so nobody can answer this text."
    return [Problem(path, 1, said, "Name a door that people can text or ring: {name}.")]


def _length(
    path: Path, line: int, text: str, doors: dict[str, Door], most_parts: int
) -> list[Problem]:
    body = render(text, doors)
    if not body.strip():
        return [Problem(path, line, "There is no text.", "Write it.")]
    parts = count(body).parts
    if len(body) > LONGEST or parts > most_parts:
        return [
            Problem(
                path,
                line,
                f"The text takes {parts} parts ({len(body)} characters); {most_parts} are allowed.",
                "Shorten it, or raise most_parts in campaign.yaml.",
            )
        ]
    return []
