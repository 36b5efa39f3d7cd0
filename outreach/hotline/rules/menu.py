"""Decides what a text means after what was asked last (S7): which digit of which menu, and what is
asked next. Help, danger, STOP, START and EXIT mean the same whatever was asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from outreach.content.landmarks import LANDMARK, PLACE, SECTOR, Landmarks
from outreach.language.match import Match

# After so long the digits are the main menu's again; whoever has the phone then may not know.
KEPT = timedelta(days=7)
# The order in which the reply on languages names them.
_LANGUAGES = {"1": "km", "2": "en", "3": "th", "4": "vi"}
_FIND = "8"


class Step(StrEnum):
    """What a number was asked last."""

    MAIN = ""  # nothing else: the main menu
    LANGUAGE = "language"
    PLACE = PLACE
    LANDMARK = LANDMARK
    SECTOR = SECTOR


_FINDER = (Step.PLACE, Step.LANDMARK, Step.SECTOR)


@dataclass(frozen=True)
class Memory:
    """What we know of a number: what it was asked, the language it last wrote in or chose, and by
    id what it answered. `quiet_until`: until then staff know that it is not answered."""

    step: Step = Step.MAIN
    language: str = ""
    place: str = ""
    landmark: str = ""
    sector: str = ""
    quiet_until: datetime | None = None


@dataclass(frozen=True)
class Turn:
    """What a text means here; `topic` is what is answered (None: what the intent's answer is), with
    `asks` instead of it the next question."""

    said: Match
    memory: Memory
    topic: str | None = None
    asks: Step | None = None


def turn(said: Match, typed: str, memory: Memory, landmarks: Landmarks) -> Turn:
    """The turn after `said` (understood alone) and `typed` (its match key)."""
    heard = replace(memory, language=said.lang or said.language or memory.language)
    away = replace(heard, step=Step.MAIN)
    if said.opt_out or said.intent in ("HELP", "STOP", "START", "EXIT"):
        return Turn(said, away)
    if memory.step in _FINDER:
        found = _answered(said, typed, heard, landmarks)
        if found is not None:
            return found
    if memory.step == Step.LANGUAGE and said.digit is not None:
        return _language(said, heard)
    if said.intent == "LANG":
        return _named(said, heard) if said.lang else Turn(said, replace(heard, step=Step.LANGUAGE))
    if said.digit == _FIND:
        return _ask(said, replace(heard, step=Step.PLACE))
    return Turn(said, away)


def resumed(memory: Memory, at: datetime, now: datetime) -> Memory:
    """`memory` that was kept at `at`, as it holds `now`: a question is not waiting for ever."""
    return memory if now - at <= KEPT else replace(memory, step=Step.MAIN)


def _language(said: Match, memory: Memory) -> Turn:
    language = _LANGUAGES.get(said.digit or "")
    if language is None:
        return Turn(replace(said, intent="LANG"), memory, topic="LANG")
    return _named(replace(said, intent="LANG", lang=language), memory)


def _named(said: Match, memory: Memory) -> Turn:
    """Whoever chose a language sees the menu in it."""
    chosen = replace(memory, step=Step.MAIN, language=said.lang or memory.language)
    return Turn(said, chosen, topic="UNKNOWN")


def _answered(said: Match, typed: str, memory: Memory, landmarks: Landmarks) -> Turn | None:
    """The turn after an answer to one of the three questions, by digit or by name; None for what is
    none."""
    choice = landmarks.choice(memory.step, memory.place, said.digit or typed)
    if choice is None:
        # Another digit is asked again; anything else leaves the questions.
        return _ask(said, memory) if said.digit is not None else None
    if memory.step == Step.PLACE:
        memory = replace(memory, place=choice, landmark="", sector="", step=Step.LANDMARK)
        return _ask(said, memory)
    if memory.step == Step.LANDMARK:
        return _ask(said, replace(memory, landmark=choice, step=Step.SECTOR))
    # The end reads like any answer about work (S2).
    ended = replace(memory, sector=choice, step=Step.MAIN)
    return Turn(replace(said, intent="JOB", lang=None), ended)


def _ask(said: Match, memory: Memory) -> Turn:
    return Turn(replace(said, intent="INFO", lang=None), memory, asks=memory.step)
