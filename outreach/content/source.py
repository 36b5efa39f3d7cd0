"""Reads the files that people write (YAML, text), and says in which line something is wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from outreach.kernel.errors import BadInput, NotFound


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `line` counts from 1, 0 means the whole file."""

    path: Path
    line: int
    what: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.what} {self.todo}"


def refuse(problems: Sequence[Problem]) -> None:
    """Raises BadInput that lists every problem, if there is one."""
    if problems:
        raise BadInput("\n".join(str(problem) for problem in problems))


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark; raises NotFound or BadInput."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound("There is no such file.", where=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "This file can't be read as UTF-8 text.", where=str(path), remedy="Save it as UTF-8."
        ) from error


def read_mapping(path: Path) -> CommentedMap:
    """The mapping in a YAML file, with line numbers; raises NotFound or BadInput."""
    text = read_text(path)
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        refuse([Problem(path, line, "This is not YAML.", str(error.problem or ""))])
    except RecursionError:
        refuse([Problem(path, 0, "This is nested too deep.", "Say it with fewer levels.")])
    if not isinstance(data, CommentedMap):
        refuse([Problem(path, 0, "This file holds no settings.", "Write `name: value` lines.")])
    mapping: CommentedMap = data
    return mapping


def line_of(mapping: CommentedMap, key: Any) -> int:
    """The line of `key`, 0 where it isn't there."""
    return mapping.lc.key(key)[0] + 1 if key in mapping else 0


def unknown_keys(path: Path, mapping: CommentedMap, known: Collection[str]) -> list[Problem]:
    """A problem for every key that nobody reads: mostly a slip of the pen."""
    return [
        Problem(
            path, line_of(mapping, key), f"Nobody reads {key!r}.", f"Known: {', '.join(known)}."
        )
        for key in mapping
        if key not in known
    ]
