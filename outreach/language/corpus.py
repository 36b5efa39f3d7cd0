"""Scores the understanding of labelled texts: what was meant against what was understood."""

from __future__ import annotations

import csv
import io
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outreach.kernel.errors import BadInput
from outreach.kernel.text import writable
from outreach.language.keywords import FOLDED, INTENTS
from outreach.language.match import Match, match

RIGHT_SHARE, MISSED_HELP_SHARE = 0.97, 0.01
_LABELS = INTENTS | set(FOLDED)
_FORM = 'Give {"text": "…", "intent": "HELP"} a line, or CSV with the columns text,intent.'


@dataclass(frozen=True)
class Labelled:
    """A text of a corpus: it may be understood as one of `accept`; where that is empty, as
    anything but `refuse`. `lang` is the language that a LANG text asks for, if labelled."""

    line: int
    text: str
    accept: tuple[str, ...]
    refuse: str = ""
    lang: str | None = None

    @property
    def meant(self) -> str:
        """The label as a person reads it."""
        return " or ".join(self.accept) or f"not {self.refuse}"


@dataclass(frozen=True)
class Miss:
    """A text that was understood wrongly; `matched` says which form decided and how."""

    line: int
    text: str
    meant: str
    understood: str
    matched: str


@dataclass(frozen=True)
class Score:
    """`confusion` counts texts by (meant, understood). A *false STOP* is a text that meant no STOP
    and would have opted its writer out. `median_us`: microseconds a text on this machine, now."""

    texts: int
    right: int
    confusion: Mapping[tuple[str, str], int]
    misses: Sequence[Miss]
    missed_stop: int
    false_stop: int
    missed_help: int
    helps: int
    median_us: float

    def shortfalls(self) -> list[str]:
        """Which bars are missed; none is good enough for people to write to."""
        bars = {
            f"fewer than {RIGHT_SHARE:.0%} understood": self.right < RIGHT_SHARE * self.texts,
            "a STOP was missed": self.missed_stop > 0,
            "something else was taken for STOP": self.false_stop > 0,
            f"more than {MISSED_HELP_SHARE:.0%} of HELP missed": (
                self.missed_help > MISSED_HELP_SHARE * self.helps
            ),
        }
        return [said for said, missed in bars.items() if missed]


def read_corpus(path: Path) -> list[Labelled]:
    """The labelled texts of a file, JSON lines or CSV; raises BadInput with the line."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(
            "There is no such file, or it is no text in UTF-8.",
            where=str(path),
            remedy="Check its name, and save it as UTF-8.",
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            "The file is not UTF-8.", where=str(path), remedy="Save it as UTF-8."
        ) from error
    rows = _json_rows(content, path) if content.lstrip()[:1] == "{" else _csv_rows(content, path)
    found = [_labelled(row, line, path) for line, row in rows]
    if not found:
        raise BadInput("There is no text in it.", where=str(path), remedy=_FORM)
    return found


def score(corpus: Sequence[Labelled], understand: Callable[[str], Match] = match) -> Score:
    """Has every text of `corpus` understood."""
    confusion: Counter[tuple[str, str]] = Counter()
    misses: list[Miss] = []
    times: list[float] = []
    false_stop = 0
    for item in corpus:
        began = time.perf_counter()
        found = understand(item.text)
        times.append(time.perf_counter() - began)
        confusion[item.meant, found.intent] += 1
        if not _right(item, found.intent, found.lang):
            misses.append(Miss(item.line, item.text, item.meant, found.intent, found.matched))
            false_stop += found.intent == "STOP"
    missed = Counter(miss.meant for miss in misses)
    return Score(
        texts=len(corpus),
        right=len(corpus) - len(misses),
        confusion=confusion,
        misses=misses,
        missed_stop=missed["STOP"],
        false_stop=false_stop,
        missed_help=missed["HELP"],
        helps=sum(item.meant == "HELP" for item in corpus),
        median_us=statistics.median(times) * 1e6,
    )


def _right(item: Labelled, intent: str, lang: str | None) -> bool:
    if not item.accept:
        return intent != item.refuse
    return intent in item.accept and item.lang in (None, lang)


def _json_rows(content: str, path: Path) -> Iterator[tuple[int, Any]]:
    for line, raw in enumerate(content.split("\n"), start=1):
        if raw.strip():
            try:
                yield line, json.loads(raw)
            except ValueError as error:
                raise _bad("This is no JSON.", line, path) from error


def _csv_rows(content: str, path: Path) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise _bad(f"This is no CSV ({error}).", reader.line_num, path) from error


def _labelled(row: Any, line: int, path: Path) -> Labelled:
    values: dict[str, Any] = row if isinstance(row, dict) else {}
    text, refuse, intent = (values.get(name) or "" for name in ("text", "not", "intent"))
    accept: Any = values.get("accept") or [label for label in (intent,) if label]
    labels = [*accept, *filter(None, [refuse])] if isinstance(accept, list) else []
    if not (labels and isinstance(text, str) and values.get("text") is not None):
        raise _bad("A text and the intent that it has are needed.", line, path)
    for label in labels:
        if not isinstance(label, str) or label not in _LABELS:
            raise BadInput(
                f"There is no intent {label!r}.",
                where=f"{path}, line {line}",
                remedy=f"Choose from {', '.join(sorted(_LABELS))}.",
            )
    whole: list[str] = [FOLDED.get(label, label) for label in accept]
    return Labelled(line, writable(text), tuple(whole), refuse, values.get("lang") or None)


def _bad(message: str, line: int, path: Path) -> BadInput:
    return BadInput(message, where=f"{path}, line {line}", remedy=_FORM)
