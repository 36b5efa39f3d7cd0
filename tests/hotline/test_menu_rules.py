"""What a digit means after what was asked last: pure, every step and every digit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.content.landmarks import Landmarks, load_landmarks
from outreach.content.source import Problem
from outreach.hotline.rules.menu import KEPT, Memory, Step, Turn, resumed, turn
from outreach.language.match import match
from outreach.language.matchkey import match_key

PROBLEMS: list[Problem] = []
LANDMARKS: Landmarks = load_landmarks(Path("campaigns/replies/landmarks.csv"), PROBLEMS)
STEPS = list(Step)
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def said(text: str, memory: Memory) -> Turn:
    return turn(match(text), match_key(text), memory, LANDMARKS)


def test_the_shipped_questions_have_no_problem() -> None:
    assert PROBLEMS == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("9", "HELP"),
        ("៩", "HELP"),
        ("0", "STOP"),
        ("STOP", "STOP"),
        ("ជួយ", "HELP"),
        ("គេវាយខ្ញុំ", "HELP"),
        ("exit", "EXIT"),
        ("START", "START"),
    ],
)
def test_s7_help_and_stop_mean_the_same_whatever_was_asked(
    step: Step, text: str, intent: str
) -> None:
    turned = said(text, Memory(step, place="th"))
    assert (turned.said.intent, turned.asks, turned.topic) == (intent, None, None)
    assert turned.memory.step is Step.MAIN


@pytest.mark.parametrize(
    ("digit", "language"), [("1", "km"), ("២", "en"), ("๓", "th"), ("4", "vi")]
)
def test_a_digit_after_the_question_about_languages_chooses_one(digit: str, language: str) -> None:
    asked = said("#", Memory()).memory
    assert asked.step is Step.LANGUAGE
    chosen = said(digit, asked)
    assert (chosen.said.intent, chosen.said.lang, chosen.topic) == ("LANG", language, "UNKNOWN")
    assert (chosen.memory.language, chosen.memory.step) == (language, Step.MAIN)


@pytest.mark.parametrize("digit", "5678")
def test_a_digit_that_names_no_language_is_asked_again(digit: str) -> None:
    again = said(digit, Memory(Step.LANGUAGE))
    assert (again.topic, again.memory.step) == ("LANG", Step.LANGUAGE)


def test_three_questions_find_somebody_who_knows_no_address() -> None:
    first = said("8", Memory())
    second = said("១", first.memory)
    third = said("2", second.memory)
    end = said("3", third.memory)
    assert [first.asks, second.asks, third.asks] == [Step.PLACE, Step.LANDMARK, Step.SECTOR]
    found = end.memory
    assert (found.place, found.landmark, found.sector) == ("th", "th-hat-lek", "building")
    assert (end.said.intent, end.asks, found.step) == ("JOB", None, Step.MAIN)


@pytest.mark.parametrize("name", ["ថៃ", "Thailand", "ไทย", "thái lan"])
def test_a_place_may_be_answered_by_its_name(name: str) -> None:
    assert said(name, Memory(Step.PLACE)).memory.place == "th"


def test_another_text_leaves_the_questions_and_another_digit_does_not() -> None:
    asked = Memory(Step.LANDMARK, place="my")
    assert said("7", asked).asks is Step.LANDMARK  # Malaysia has no 7
    assert said("hello", asked).memory.step is Step.MAIN
    assert said("ការងារ", asked).said.intent == "JOB"


def test_whoever_answers_anew_is_somewhere_else() -> None:
    before = Memory(Step.PLACE, place="th", landmark="th-pier", sector="fishing")
    moved = said("2", before).memory
    assert (moved.place, moved.landmark, moved.sector) == ("my", "", "")


def test_a_question_waits_for_days_and_not_for_ever() -> None:
    asked = Memory(Step.PLACE, language="th")
    assert resumed(asked, NOON, NOON + KEPT) == asked
    late = resumed(asked, NOON, NOON + KEPT + timedelta(seconds=1))
    assert (late.step, late.language) == (Step.MAIN, "th")


@given(st.sampled_from(STEPS), st.text(max_size=30), st.sampled_from(["", "th", "gone"]))
def test_any_text_has_a_turn_whatever_was_asked(step: Step, text: str, place: str) -> None:
    turned = said(text, Memory(step, place=place))
    assert turned.asks is None or LANDMARKS.text(turned.asks, turned.memory.place, "km")
