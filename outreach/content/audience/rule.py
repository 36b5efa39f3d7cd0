"""The rule that says who is in an audience: all, any and not over conditions; no SQL, no I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

# Deeper or longer than this nobody reads back what a rule says.
DEEPEST = 5
MOST_CONDITIONS = 50
MOST_VALUES = 200
# Each is the other one denied, so that a denial need not be written out.
_OPPOSITES = {"reached_within": "not_reached_for", "not_reached_for": "reached_within"}


@dataclass(frozen=True)
class Condition:
    """One thing that holds of a person or not: `kind` is a term of `terms.py`, and it holds where
    any of `values` does. `line` is where a person wrote it, 0 where nobody did."""

    kind: str
    values: tuple[str, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class AllOf:
    """Holds where every part does; without parts it holds of everybody."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds where at least one part does."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    """Holds where its part does not."""

    part: Rule


@dataclass(frozen=True)
class Saved:
    """Stands for the audience saved under `name` until it is looked up."""

    name: str
    line: int = field(default=0, compare=False)


Rule = Condition | AllOf | AnyOf | Not | Saved
EVERYBODY = AllOf(())


def conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition in a rule, in the order it is written."""
    match rule:
        case Condition():
            yield rule
        case Not(part):
            yield from conditions(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from conditions(part)


def depth(rule: Rule) -> int:
    """How deep all, any and not are nested; 0 for a single condition."""
    match rule:
        case Not(part):
            return 1 + depth(part)
        case AllOf(parts) | AnyOf(parts):
            return 1 + max(map(depth, parts), default=0)
        case _:
            return 0


def changed(rule: Rule, change: Callable[[Condition], Rule]) -> Rule:
    """A rule with every condition replaced by what `change` makes of it."""
    match rule:
        case Condition():
            return change(rule)
        case Not(part):
            return Not(changed(part, change))
        case AllOf(parts):
            return AllOf(tuple(changed(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(changed(part, change) for part in parts))
        case _:
            return rule


def canonical(rule: Rule) -> Rule:
    """The one form of all rules that say the same in other order, nesting or repetition."""
    match rule:
        case Condition(kind, values, line):
            return Condition(kind, tuple(sorted(set(values))), line)
        case Not(part):
            return _denied(canonical(part))
        case AllOf(parts):
            return _group(AllOf, parts)
        case AnyOf(parts):
            return _group(AnyOf, parts)
        case _:
            return rule


def as_json(rule: Rule) -> Any:
    """A rule as it is stored, and as it may be written in a file; `{}` is everybody."""
    match rule:
        case Condition(kind, values):
            return {kind: values[0] if len(values) == 1 else list(values)}
        case Not(part):
            return {"not": as_json(part)}
        case AnyOf(parts):
            return {"any": [as_json(part) for part in parts]}
        case AllOf(()):
            return {}
        case AllOf(parts):
            return {"all": [as_json(part) for part in parts]}
        case Saved(name):
            return name


def digest(rule: Rule) -> str:
    """Hexadecimal SHA-256 of the canonical form: the same for all rules that say the same."""
    written = json.dumps(as_json(canonical(rule)), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _denied(part: Rule) -> Rule:
    if isinstance(part, Not):
        return part.part
    if isinstance(part, Condition) and part.kind in _OPPOSITES:
        return Condition(_OPPOSITES[part.kind], part.values, part.line)
    return Not(part)


def _group(kind: type[AllOf] | type[AnyOf], parts: tuple[Rule, ...]) -> Rule:
    flat: dict[str, Rule] = {}
    for part in map(canonical, parts):
        inner = part.parts if isinstance(part, kind) else (part,)
        flat |= {json.dumps(as_json(one), sort_keys=True): one for one in inner}
    ordered = tuple(flat[key] for key in sorted(flat))
    return ordered[0] if len(ordered) == 1 else kind(ordered)
