"""The automatic replies: one ordinary, deniable text per topic and language (S2, S3)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from outreach.content.approval import covered, read_approvals
from outreach.content.checks import text_problems
from outreach.content.doors import Door, render, tried
from outreach.content.landmarks import Landmarks, load_landmarks
from outreach.content.source import Problem, line_of, read_mapping, read_text, refuse, unknown_keys
from outreach.language.fallback import DEFAULT

# HELP, danger and the other topics that nobody may tell apart are answered with JOB.
TOPICS = (
    "JOB", "PASSPORT", "HEALTH", "INFO", "HOME", "LANG", "START", "STOP", "UNKNOWN",
    "LINE", "RECORDED",
)  # fmt: skip
LANGUAGES = ("km", "en", "th", "vi")
_MOST_PARTS = 3


@dataclass(frozen=True)
class Replies:
    """What is answered, by language and topic, and what is asked of somebody who knows no address;
    `approved` by two people, doors tried (S31)."""

    texts: dict[str, dict[str, str]]
    landmarks: Landmarks
    digest: str
    approved: bool

    @property
    def languages(self) -> frozenset[str]:
        """The languages that we can answer in."""
        return frozenset(self.texts)

    def text(self, topic: str, language: str) -> str:
        """The reply on `topic`, the neutral menu where it has none; Khmer as the last resort."""
        texts = self.texts.get(language, self.texts[DEFAULT])
        return texts.get(topic, texts["UNKNOWN"])


def load_replies(folder: Path, doors: dict[str, Door]) -> Replies:
    """The replies in `folder` (one YAML file per language, and approvals.yaml); raises BadInput
    with every problem."""
    problems: list[Problem] = []
    written = {
        language: _language(folder / f"{language}.yaml", doors, problems) for language in LANGUAGES
    }
    landmarks = load_landmarks(folder / "landmarks.csv", problems)
    path = folder / "approvals.yaml"
    head = read_mapping(path)
    problems += unknown_keys(path, head, ("approvals",))
    approvals = read_approvals(path, head, problems)
    refuse(problems)
    said = [written, read_text(folder / "landmarks.csv")]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    named = [text for texts in written.values() for text in texts.values()]
    return Replies(
        texts={
            language: {topic: render(text, doors) for topic, text in texts.items()}
            for language, texts in written.items()
        },
        landmarks=landmarks,
        digest=digest,
        approved=covered(approvals, digest) and tried(doors, named),
    )


def _language(path: Path, doors: dict[str, Door], problems: list[Problem]) -> dict[str, str]:
    found = read_mapping(path)
    problems += unknown_keys(path, found, TOPICS)
    texts = {topic: str(found.get(topic) or "").strip() for topic in TOPICS}
    for topic, text in texts.items():
        line = line_of(found, topic)
        problems += text_problems(path, text, doors, most_parts=_MOST_PARTS, first_line=line)
    return texts
