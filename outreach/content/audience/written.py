"""Reads an audience as people write it, and tells every mistake with its line and what to do.

audience:
  place: Battambang          # several lines mean: all of them
  sex: female
  any:
    - not_reached_for: 30 days
    - not: {listened_to: safe-migration}
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from outreach.content.audience import rule
from outreach.content.audience.rule import AllOf, AnyOf, Condition, Not, Rule, Saved
from outreach.content.audience.terms import ALSO_MEANT, MEANT, REFUSED, TERMS
from outreach.content.audience.values import Unreadable, read_value
from outreach.content.source import Problem

_GROUPS = ("all", "any", "not")
# What is written for no condition at all.
EVERYBODY = "everybody"
_HOW = "Write conditions such as `place: Battambang`, one a line, or the name of a saved audience."


def read_rule(path: Path, node: Any, line: int, problems: list[Problem]) -> Rule:
    """The rule in `node`, which begins on `line` of `path`, in its canonical form; nothing at all
    is everybody. Adds to `problems`."""
    if node in (None, {}, EVERYBODY):
        return rule.EVERYBODY
    if isinstance(node, str):
        return Saved(node.strip(), line)
    reader = _Reader(path, problems)
    found = reader.mapping(node, line)
    reader.limits(found, line)
    return rule.canonical(found)


def stored(node: Any) -> Rule:
    """A rule out of the database, where only checked ones lie."""
    problems: list[Problem] = []
    found = read_rule(Path("audience"), node, 0, problems)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return found


class _Reader:
    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems

    def blame(self, line: int, what: str, todo: str) -> Rule:
        self.problems.append(Problem(self.path, line, what, todo))
        return rule.EVERYBODY

    def mapping(self, node: Any, line: int, level: int = 0) -> Rule:
        """Several lines of one mapping mean all of them."""
        if not isinstance(node, Mapping) or not node:
            return self.blame(line, f"This is no condition: {node!r}.", _HOW)
        if level > 2 * rule.DEEPEST:
            return self.blame(line, "This is nested too deep.", "Say it with fewer levels.")
        return AllOf(
            tuple(self.entry(key, node[key], _line(node, key, line), level) for key in node)
        )

    def entry(self, key: Any, value: Any, line: int, level: int) -> Rule:
        if key in ("all", "any"):
            return self.group(key, value, line, level)
        if key == "not":
            return self.denial(value, line, level)
        if key not in TERMS:
            return self.blame(line, *_unknown(str(key)))
        return self.condition(key, value, line)

    def group(self, key: str, value: Any, line: int, level: int) -> Rule:
        if not isinstance(value, list) or not value:
            return self.blame(
                line, f"{key} has no list of conditions.", "Begin each one with `- ` on its line."
            )
        parts = tuple(
            self.mapping(part, _line(value, place, line), level + 1)
            for place, part in enumerate(value)
        )
        return AllOf(parts) if key == "all" else AnyOf(parts)

    def denial(self, value: Any, line: int, level: int) -> Rule:
        if isinstance(value, Mapping) and len(value) > 1:
            # "not: a, b" is read as neither by one person and as not both by the next.
            todo = "Write `not: {any: [...]}` for none of them, `not: {all: [...]}` for not all."
            return self.blame(line, "not holds several conditions.", todo)
        if not value:
            return self.blame(line, "not denies nothing.", "Write one condition after it.")
        return Not(self.mapping(value, line, level + 1))

    def condition(self, kind: str, value: Any, line: int) -> Rule:
        given = value if isinstance(value, list) else [value]
        values = []
        for place, item in enumerate(given):
            read = read_value(kind, item)
            if isinstance(read, Unreadable):
                self.blame(_line(value, place, line), f"{kind}: {read.what}", read.todo)
            else:
                values += [read, *ALSO_MEANT.get((kind, read), ())]
        if not given:
            self.blame(line, f"{kind} has no value.", "Give one, or leave the line out.")
        elif len(values) > rule.MOST_VALUES:
            many = f"{kind} has {len(values)} values; {rule.MOST_VALUES} are allowed."
            self.blame(line, many, "Name a larger place, or a kind of community.")
        elif TERMS[kind].single and len(given) > 1:
            self.blame(line, f"{kind} has several values.", "Give one.")
        return Condition(kind, tuple(values), line)

    def limits(self, found: Rule, line: int) -> None:
        number, deep = sum(1 for _ in rule.conditions(found)), rule.depth(rule.canonical(found))
        if number > rule.MOST_CONDITIONS:
            what = f"There are {number} conditions; {rule.MOST_CONDITIONS} are allowed."
            self.blame(line, what, "Put several values into one condition.")
        if deep > rule.DEEPEST:
            what = f"all, any and not are {deep} deep; {rule.DEEPEST} are allowed."
            self.blame(line, what, "Say it with fewer levels.")


def _unknown(key: str) -> tuple[str, str]:
    plain = key.strip().casefold().replace(" ", "_").replace("-", "_")
    if plain in REFUSED:
        return f"{key!r} can't be asked.", REFUSED[plain]
    close = [MEANT[plain]] if plain in MEANT else get_close_matches(plain, [*TERMS, *_GROUPS], n=1)
    todo = f"Did you mean {close[0]}?" if close else f"Known: {', '.join((*_GROUPS, *TERMS))}."
    return f"There is no condition {key!r}.", todo


def _line(node: Any, key: Any, otherwise: int) -> int:
    """The line of a key or of a place in a list, where `node` was read from YAML."""
    if isinstance(node, CommentedMap):
        return int(node.lc.key(key)[0]) + 1
    if isinstance(node, CommentedSeq):
        return int(node.lc.item(key)[0]) + 1
    return otherwise
