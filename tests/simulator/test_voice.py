"""Calls ring, are answered or not, play what our TwiML says, and press keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from outreach.simulator.chance import Chance
from outreach.simulator.fate import CallFate, Press, call_fate, press
from outreach.simulator.operators import OTHER
from tests.simulator.conftest import ROOT, TONE_SECONDS, Hook, Rehearsal, number, only

Rehearse = Callable[..., Any]
EVENTS = ["initiated", "ringing", "answered", "completed"]


def pick(wanted: Callable[[CallFate, Press], bool], seed: int = 1) -> str:
    """A number whose first call goes as wanted."""
    chance = Chance(seed)
    return next(
        n
        for n in map(number, range(20_000))
        if wanted(call_fate(chance, OTHER, n, 0), press(chance, n, 0, 0))
    )


def menu(hook: Hook) -> str:
    """One question, then the end."""
    if hook.query.get("step") == "key":
        return "<Response><Hangup/></Response>"
    return (
        '<Response><Gather numDigits="1" finishOnKey="" actionOnEmptyResult="true" timeout="5" '
        'action="/voice?attempt=at_1&amp;step=key"><Play>/tone.wav</Play></Gather>'
        "<Hangup/></Response>"
    )


def one_call(to: str, voice: Callable[[Hook], str] = menu, **form: Any) -> Any:
    """A story: one call to `to`; returns its truth, its resource, and our server."""

    async def story(r: Rehearsal) -> Any:
        r.ours.voice = voice
        callback = f"{r.ours.base}/status?attempt=at_1"
        _, call = await r.dial(
            to, StatusCallback=callback, **{"StatusCallbackEvent": EVENTS, **form}
        )
        await r.rest(1.0)
        resource = (await r.get(f"{ROOT}/Calls/{call['sid']}.json"))[1]
        return only((await r.truth())["handsets"], to)["calls"][0], resource, r.ours

    return story


def _answers(fate: CallFate, key: str, does: Press) -> bool:
    return fate.end == "answered" and fate.stays == 1.0 and does.key == key and does.share == 1.0


@pytest.mark.parametrize("key", ["", "1", "0", "*"])
def test_a_person_who_listens_presses_their_key_and_it_is_posted(
    rehearse: Rehearse, key: str
) -> None:
    to = pick(lambda fate, does: _answers(fate, key, does))
    truth, resource, ours = rehearse(one_call(to))
    first, second = ours.to("/voice")
    assert first.signed
    assert second.signed
    assert first.form["CallStatus"] == second.form["CallStatus"] == "in-progress"
    assert (first.form["To"], first.form["Direction"]) == (to, "outbound-api")
    assert first.query == {"attempt": "at_1"}
    assert "Digits" not in first.form
    assert second.form["Digits"] == key
    assert (truth["answered"], truth["keys"], truth["status"]) == (True, key, "completed")
    assert truth["heard_seconds"] == TONE_SECONDS
    assert int(resource["duration"]) >= TONE_SECONDS
    assert ours.audio_asked == 1


def test_a_key_pressed_early_cuts_the_recording(rehearse: Rehearse) -> None:
    to = pick(lambda f, d: f.end == "answered" and f.stays == 1.0 and d.share < 1)
    truth, _, ours = rehearse(one_call(to))
    assert 0 < truth["heard_seconds"] < TONE_SECONDS
    assert ours.to("/voice")[1].form["Digits"] == truth["keys"] != ""


def test_a_person_who_hangs_up_part_way_presses_nothing(rehearse: Rehearse) -> None:
    to = pick(lambda f, d: f.end == "answered" and f.stays < 0.9 and not d.key)
    truth, resource, ours = rehearse(one_call(to))
    assert len(ours.to("/voice")) == 1
    assert 0 < truth["heard_seconds"] < TONE_SECONDS
    assert (truth["status"], resource["status"]) == ("completed", "completed")


def test_every_event_is_reported_in_sequence(rehearse: Rehearse) -> None:
    _, resource, ours = rehearse(one_call(pick(lambda f, d: _answers(f, "", d))))
    hooks = ours.to("/status")
    assert all(hook.signed for hook in hooks)
    assert [hook.form["CallStatus"] for hook in hooks] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert [hook.form["SequenceNumber"] for hook in hooks] == ["0", "1", "2", "3"]
    assert ["CallDuration" in hook.form for hook in hooks] == [False, False, False, True]
    assert hooks[-1].form["CallDuration"] == resource["duration"]
    assert all(hook.form["Timestamp"].endswith("+0000") for hook in hooks)


def test_without_a_choice_only_the_end_is_reported(rehearse: Rehearse) -> None:
    to = pick(lambda f, d: _answers(f, "", d))
    _, _, ours = rehearse(one_call(to, StatusCallbackEvent=[]))
    assert [hook.form["CallStatus"] for hook in ours.to("/status")] == ["completed"]


@pytest.mark.parametrize("end", ["busy", "no-answer", "failed"])
def test_a_call_that_nobody_takes_fetches_nothing(rehearse: Rehearse, end: str) -> None:
    truth, resource, ours = rehearse(one_call(pick(lambda f, d: f.end == end), Timeout="20"))
    assert ours.to("/voice") == []
    assert (truth["answered"], truth["status"], resource["status"]) == (False, end, end)
    assert resource["duration"] == "0"
    assert resource["price"] is None
    assert ours.to("/status")[-1].form["CallStatus"] == end


def test_a_call_that_rings_too_briefly_is_not_answered(rehearse: Rehearse) -> None:
    to = pick(lambda f, d: f.end == "answered" and f.rings > 10)
    truth, _, _ = rehearse(one_call(to, Timeout="5"))
    assert truth["status"] == "no-answer"


def test_a_gather_falls_through_without_a_key(rehearse: Rehearse) -> None:
    def voice(hook: Hook) -> str:
        if hook.query.get("step") == "after":
            return "<Response><Say>ok</Say><Record timeout='2'/></Response>"
        return (
            "<Response><Gather><Say>hello</Say></Gather>"
            "<Redirect>/voice?step=after</Redirect></Response>"
        )

    to = pick(lambda f, d: _answers(f, "", d))
    truth, _, ours = rehearse(one_call(to, voice))
    assert [hook.query.get("step") for hook in ours.to("/voice")] == [None, "after"]
    assert truth["problems"] == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Pause/></Response>", 12200),
        ("<Response><Play>http://example.org/a.wav</Play></Response>", 21609),
        ("<Response><Play>/missing.wav</Play></Response>", 11200),
        ("<Response><Redirect>http://example.org/</Redirect></Response>", 21609),
        ("<Response><Redirect>/voice</Redirect></Response>", 13210),
        ("nonsense", 12100),
    ],
)
def test_a_document_that_can_not_be_obeyed_ends_the_call(
    rehearse: Rehearse, document: str, code: int
) -> None:
    to = pick(lambda f, d: _answers(f, "", d))
    truth, resource, _ = rehearse(one_call(to, lambda hook: document))
    assert truth["problems"] == [code]
    assert resource["status"] == "completed"


def test_a_recording_that_is_none_is_not_played(rehearse: Rehearse) -> None:
    async def story(r: Rehearsal) -> Any:
        r.ours.audio_type = "text/plain"
        truth, _, _ = await one_call(pick(lambda f, d: _answers(f, "", d)))(r)
        return truth

    truth = rehearse(story)
    assert truth["problems"] == [13420]
    assert truth["heard_seconds"] == 0


def test_the_order_of_calls_changes_no_outcome(rehearse: Rehearse) -> None:
    async def outcomes(r: Rehearsal, order: list[int]) -> Any:
        r.ours.voice = menu
        for i in order:
            await r.dial(number(i))
        await r.rest(0.5)
        return {
            h["number"]: [(c["status"], c["keys"], c["heard_seconds"]) for c in h["calls"]]
            for h in (await r.truth())["handsets"]
        }

    order = list(range(40))
    one = rehearse(lambda r: outcomes(r, order))
    assert rehearse(lambda r: outcomes(r, order[::-1])) == one
    assert len(Counter(calls[0][0] for calls in one.values())) >= 3
