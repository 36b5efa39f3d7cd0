"""Doors: the numbers through which people reach us, as data per country (S10); texts name them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from outreach.content.source import Problem, read_text, refuse

_COLUMNS = ("name", "country", "number", "ways", "cost", "tested_on", "burned", "note")
_NAMED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Door:
    """A number that people may text or ring. `tested` says that somebody tried it; a burned door
    is known to whom it should not be, and is never printed again."""

    name: str
    number: str = field(repr=False)
    tested: bool
    burned: bool


def load_doors(path: Path) -> dict[str, Door]:
    """The doors in a CSV file by name; raises BadInput that lists every problem."""
    lines = list(csv.DictReader(read_text(path).splitlines()))
    problems: list[Problem] = []
    doors: dict[str, Door] = {}
    for line, row in enumerate(lines, start=2):
        if set(row) != set(_COLUMNS) or None in row.values():
            problems.append(Problem(path, line, "Columns differ.", f"Use {', '.join(_COLUMNS)}."))
        elif not row["name"] or row["name"] in doors:
            problems.append(Problem(path, line, "No name, or one used before.", "Name it."))
        else:
            doors[row["name"]] = Door(
                row["name"], row["number"], bool(row["tested_on"]), row["burned"] != "no"
            )
    refuse(problems)
    return doors


def names_in(text: str) -> set[str]:
    """The doors that a text names, as `{name}`."""
    return set(_NAMED.findall(text))


def render(text: str, doors: dict[str, Door]) -> str:
    """`text` with the number of each door that it names; the names must have been checked."""
    return _NAMED.sub(lambda found: doors[found[1]].number, text)


def tried(doors: dict[str, Door], texts: Iterable[str]) -> bool:
    """Whether somebody tried every door that `texts` name."""
    return all(doors[name].tested for text in texts for name in names_in(text))
