"""Which answer a text gets: deniable, never an error, never to a robot for long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.hotline.rules.answer import Recent, decide
from outreach.language.keywords import INTENTS


@pytest.mark.parametrize("intent", ["HELP", "DEBT", "SHELTER", "POLICE", "LEGAL", "CHILD", "WAGES"])
def test_s2_sensitive_topics_get_the_answer_about_work(intent: str) -> None:
    job = decide("JOB", opted_out=False, recent=Recent())
    assert decide(intent, opted_out=False, recent=Recent()).answer == job.answer == "JOB"


@pytest.mark.parametrize("recent", range(30))
def test_s2_the_limit_on_answers_does_not_tell_help_from_work(recent: int) -> None:
    sooner = timedelta(seconds=10)
    ask_help = decide("HELP", opted_out=False, recent=Recent(recent, sooner))
    assert ask_help.answer == decide("JOB", opted_out=False, recent=Recent(recent, sooner)).answer


def test_s30_a_plea_for_help_always_alerts_a_person() -> None:
    assert all(
        decide("HELP", opted_out=out, recent=Recent(n, timedelta(0))).alert
        for out in (0, 1)
        for n in range(30)
    )


def test_s4_exit_closes_silently() -> None:
    assert decide("EXIT", opted_out=False, recent=Recent()).answer is None


def test_s14_stop_gets_its_one_neutral_line() -> None:
    assert decide("STOP", opted_out=True, recent=Recent()).answer == "STOP"


def test_help_that_begins_with_stop_is_answered_as_help() -> None:
    decision = decide("HELP", opted_out=True, recent=Recent())
    assert (decision.answer, decision.alert) == ("JOB", "help")


def test_a_robot_that_answers_our_answers_is_left_alone_and_told_of() -> None:
    assert decide("UNKNOWN", opted_out=False, recent=Recent(4)).answer == "UNKNOWN"
    decision = decide("UNKNOWN", opted_out=False, recent=Recent(5))
    assert (decision.answer, decision.alert) == (None, "loop")


@pytest.mark.parametrize(("seconds", "answer"), [(10, None), (59, None), (61, "JOB")])
def test_s12a_no_limit_ends_the_answers_to_help_for_good(seconds: int, answer: str | None) -> None:
    many = Recent(500, timedelta(seconds=seconds))
    assert decide("HELP", opted_out=False, recent=many).answer == answer


@pytest.mark.parametrize("intent", sorted(INTENTS - {"EXIT"}))
def test_every_intent_has_an_answer(intent: str) -> None:
    assert decide(intent, opted_out=False, recent=Recent()).answer
