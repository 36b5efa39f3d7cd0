"""Reads a file that holds an audience: one of its own, or a campaign's campaign.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from outreach.content.audience.rule import Rule
from outreach.content.audience.written import EVERYBODY, read_rule
from outreach.content.source import Problem, line_of, read_mapping, refuse, unknown_keys

SUFFIXES = (".yaml", ".yml", ".json")
_CAMPAIGN = "campaign.yaml"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG, _LONGEST_NAME = 60, 200


@dataclass(frozen=True)
class AudienceFile:
    """An audience as its file says: `slug` is the file's name, `rule` is not looked up yet."""

    slug: str
    name_km: str
    name_en: str
    rule: Rule


def load(path: Path) -> AudienceFile:
    """The audience in `path`, to be saved; raises BadInput that names every problem."""
    head = read_mapping(path)
    problems = unknown_keys(path, head, ("name", "audience"))
    if not _SLUG.fullmatch(path.stem) or len(path.stem) > _LONGEST_SLUG or path.stem == EVERYBODY:
        todo = "Name the file in small letters, such as young-women.yaml."
        problems.append(Problem(path, 0, f"An audience can't be called {path.stem!r}.", todo))
    found = AudienceFile(
        slug=path.stem,
        name_km=_name(path, head, "km", problems),
        name_en=_name(path, head, "en", problems),
        rule=_rule(path, head, problems),
    )
    refuse(problems)
    return found


def rule_in(path: Path) -> Rule:
    """The rule alone, of an audience's file or of a campaign's; raises BadInput."""
    problems: list[Problem] = []
    rule = _rule(path, read_mapping(path), problems)
    refuse(problems)
    return rule


def _rule(path: Path, head: CommentedMap, problems: list[Problem]) -> Rule:
    if "audience" not in head and path.name != _CAMPAIGN:
        todo = "Write `audience:` and its conditions under it; `audience: everybody` is everybody."
        problems.append(Problem(path, 0, "There is no audience in it.", todo))
    return read_rule(path, head.get("audience"), line_of(head, "audience"), problems)


def _name(path: Path, head: CommentedMap, language: str, problems: list[Problem]) -> str:
    names = head.get("name")
    name = names.get(language) if isinstance(names, dict) else None
    if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME:
        return name
    todo = "Write `name:` and under it km and en."
    problems.append(Problem(path, line_of(head, "name"), f"There is no name in {language}.", todo))
    return ""
