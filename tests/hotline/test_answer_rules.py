"""Which answer a text gets: deniable, never an error, never to a robot for long."""

from __future__ import annotations

import pytest

from outreach.hotline.rules.answer import decide
from outreach.language.keywords import INTENTS


@pytest.mark.parametrize("intent", ["HELP", "DEBT", "SHELTER", "POLICE", "LEGAL", "CHILD", "WAGES"])
def test_s2_sensitive_topics_get_the_answer_about_work(intent: str) -> None:
    job = decide("JOB", opted_out=False, recent=0)
    assert decide(intent, opted_out=False, recent=0).answer == job.answer == "JOB"


@pytest.mark.parametrize("recent", range(30))
def test_s2_the_limit_on_answers_does_not_tell_help_from_work(recent: int) -> None:
    ask_help = decide("HELP", opted_out=False, recent=recent)
    assert ask_help.answer == decide("JOB", opted_out=False, recent=recent).answer


def test_s30_a_plea_for_help_always_alerts_a_person() -> None:
    assert all(decide("HELP", opted_out=out, recent=n).alert for out in (0, 1) for n in range(30))


def test_s4_exit_closes_silently() -> None:
    assert decide("EXIT", opted_out=False, recent=0).answer is None


def test_s14_stop_gets_its_one_neutral_line() -> None:
    assert decide("STOP", opted_out=True, recent=0).answer == "STOP"


def test_help_that_begins_with_stop_is_answered_as_help() -> None:
    decision = decide("HELP", opted_out=True, recent=0)
    assert (decision.answer, decision.alert) == ("JOB", "help")


def test_a_robot_that_answers_our_answers_is_left_alone_and_told_of() -> None:
    assert decide("UNKNOWN", opted_out=False, recent=4).answer == "UNKNOWN"
    decision = decide("UNKNOWN", opted_out=False, recent=5)
    assert (decision.answer, decision.alert) == (None, "loop")


@pytest.mark.parametrize("intent", sorted(INTENTS - {"EXIT"}))
def test_every_intent_has_an_answer(intent: str) -> None:
    assert decide(intent, opted_out=False, recent=0).answer
