"""Loads a campaign's folder: campaign.yaml, one text per language, recordings; checks all of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from outreach.content.approval import Approval, covered, read_approvals
from outreach.content.audience.rule import Rule, as_json
from outreach.content.audience.written import read_rule
from outreach.content.checks import text_problems, way_back_problems
from outreach.content.doors import Door, tried
from outreach.content.recordings import Recording, measure
from outreach.content.sending import budget_of, flag, hours_of
from outreach.content.source import (
    Problem,
    line_of,
    read_mapping,
    read_text,
    refuse,
    unknown_keys,
)
from outreach.kernel.errors import NotFound

REQUIRED = ("km", "en")
_KEYS = (
    "name",
    "purpose",
    "audience",
    "retry",
    "validity_hours",
    "expires_hours",
    "hours",
    "on_holidays",
    "budget",
    "most_parts",
    "recordings",
    "approvals",
)
_RETRY_KEYS = ("attempts", "hours", "days_between", "other_channel")
_INVITATION = "invitation"
_PURPOSES = ("campaign", _INVITATION)


@dataclass(frozen=True)
class Campaign:
    """A campaign as its folder says; `path` is its campaign.yaml. `audience` is as written, names
    not looked up yet; `texts` by language, with doors by name; `retry` holds limit, hours,
    days_between and other_channel. `purpose` "invitation": to people who are only listed."""

    path: Path
    slug: str
    name_km: str
    name_en: str
    purpose: str
    audience: Rule
    retry: dict[str, Any]
    validity_seconds: int
    expires_hours: int
    sending: dict[str, Any]
    budget: tuple[Decimal, str] | None
    texts: dict[str, str]
    recordings: dict[str, Recording]
    approvals: tuple[Approval, ...]


def load(folder: Path, doors: dict[str, Door], *, one_way: bool = False) -> Campaign:
    """The campaign in `folder`; raises BadInput that names every problem with file and line.
    `one_way`: it will come from a name, which nobody can answer."""
    path = folder / "campaign.yaml"
    if not folder.is_dir():
        raise NotFound("There is no such campaign folder.", where=str(folder))
    head = read_mapping(path)
    problems = unknown_keys(path, head, _KEYS)
    purpose = _purpose(path, head, problems)
    texts = _texts(folder, doors, _number(path, head, "most_parts", 3, 10, problems), problems)
    if one_way:
        for language, text in texts.items():
            problems += way_back_problems(_text_path(folder, language), text)
    campaign = Campaign(
        path=path,
        slug=folder.resolve().name,
        name_km=_name(path, head, "km", problems),
        name_en=_name(path, head, "en", problems),
        purpose=purpose,
        audience=read_rule(path, head.get("audience"), line_of(head, "audience"), problems),
        retry=_retry(path, head, purpose, problems),
        validity_seconds=_number(path, head, "validity_hours", 4, 4, problems) * 3600,
        expires_hours=_number(path, head, "expires_hours", 48, 240, problems),
        sending={
            "hours": hours_of(path, head, problems),
            "on_holidays": flag(path, head, "on_holidays", False, problems),
        },
        budget=budget_of(path, head, problems),
        texts=texts,
        recordings=_recordings(folder, path, head, problems),
        approvals=read_approvals(path, head, problems),
    )
    refuse(problems)
    return campaign


def digest(campaign: Campaign) -> str:
    """What the approvers approve: everything that is said, and to whom. Hexadecimal SHA-256.

    To whom is known once the audience's names are looked up (`planning.audience.lookup`).
    """
    recordings = {
        language: hashlib.sha256(item.path.read_bytes()).hexdigest() if item.path else "placeholder"
        for language, item in campaign.recordings.items()
    }
    said = [campaign.slug, campaign.purpose, campaign.texts, recordings, as_json(campaign.audience)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def approved(campaign: Campaign, doors: dict[str, Door]) -> bool:
    """Whether two people approved exactly this, and somebody tried the doors it names (S31)."""
    return covered(campaign.approvals, digest(campaign)) and tried(doors, campaign.texts.values())


def _texts(
    folder: Path, doors: dict[str, Door], most_parts: int, problems: list[Problem]
) -> dict[str, str]:
    paths = {path.stem: path for path in sorted((folder / "texts").glob("*.txt"))}
    problems += [
        Problem(_text_path(folder, language), 0, "This language is missing.", "Write it.")
        for language in REQUIRED
        if language not in paths
    ]
    texts = {language: read_text(path).strip() for language, path in paths.items()}
    for language, text in texts.items():
        problems += text_problems(paths[language], text, doors, most_parts=most_parts)
    return texts


def _text_path(folder: Path, language: str) -> Path:
    return folder / "texts" / f"{language}.txt"


def _name(path: Path, head: CommentedMap, language: str, problems: list[Problem]) -> str:
    names = head.get("name")
    name = names.get(language) if isinstance(names, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        line = line_of(head, "name")
        problems.append(Problem(path, line, f"There is no name in {language}.", "Give one."))
        return ""
    return name


def _purpose(path: Path, head: CommentedMap, problems: list[Problem]) -> str:
    purpose = head.get("purpose", _PURPOSES[0])
    if purpose not in _PURPOSES:
        line, todo = line_of(head, "purpose"), f"Write one of: {', '.join(_PURPOSES)}."
        problems.append(Problem(path, line, f"There is no purpose {purpose!r}.", todo))
    return str(purpose)


def _retry(path: Path, head: CommentedMap, purpose: str, problems: list[Problem]) -> dict[str, Any]:
    given = head.get("retry") or CommentedMap()
    if not isinstance(given, CommentedMap):
        todo = f"Write {', '.join(_RETRY_KEYS)} under it."
        problems.append(Problem(path, line_of(head, "retry"), "retry is no mapping.", todo))
        return {}
    problems += unknown_keys(path, given, _RETRY_KEYS)
    hours = given.get("hours", [8, 18])
    if not isinstance(hours, list) or not all(h in range(24) for h in hours) or len(hours) < 2:
        line = line_of(given, "hours")
        problems.append(Problem(path, line, "hours are no local hours.", "Give two, 0 to 23."))
    attempts = _number(path, given, "attempts", 1, 5, problems)
    if purpose == _INVITATION and attempts > 1:
        line = line_of(given, "attempts")
        problems.append(Problem(path, line, "An invitation is sent once (S13).", "Give 1."))
    return {
        "limit": attempts,
        "hours": list(hours) if isinstance(hours, list) else [],
        "days_between": _number(path, given, "days_between", 0, 7, problems, least=0),
        "other_channel": flag(path, given, "other_channel", False, problems),
    }


def _recordings(
    folder: Path, path: Path, head: CommentedMap, problems: list[Problem]
) -> dict[str, Recording]:
    given = head.get("recordings") or CommentedMap()
    found: dict[str, Recording] = {}
    for language, item in given.items():
        if isinstance(item, dict) and isinstance(item.get("placeholder"), int):
            found[language] = Recording(None, item["placeholder"])
            continue
        recording = measure(folder / "recordings" / str(item))
        if isinstance(recording, Problem):
            problems.append(recording)
        else:
            found[language] = recording
    if "km" not in given:
        todo = "Name a WAV file, or `km: {placeholder: 20}` (seconds) for a rehearsal."
        line = line_of(head, "recordings")
        problems.append(Problem(path, line, "There is no Khmer recording.", todo))
    return found


def _number(
    path: Path,
    head: CommentedMap,
    key: str,
    default: int,
    most: int,
    problems: list[Problem],
    *,
    least: int = 1,
) -> int:
    value = head.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        line = line_of(head, key)
        problems.append(Problem(path, line, f"{key} is {value!r}.", f"Give {least} to {most}."))
        return default
    return value
