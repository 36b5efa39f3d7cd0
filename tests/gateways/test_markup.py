"""The markup of calls: only what Twilio and Somleng both obey."""

from __future__ import annotations

from xml.etree import ElementTree

from outreach.gateways.twilio.markup import render
from outreach.kernel.flow import Flow, Gather, Hangup, Play, Reject

WAV = "https://outreach.example.org/recordings/a.wav?x=1&y=2"
NEXT = "https://outreach.example.org/hooks/twilio/voice?attempt=at_1&step=menu"
WHOLE: Flow = (Play(WAV), Gather((Play(WAV), Play(WAV)), NEXT, 7), Hangup())


def _parsed(flow: Flow) -> ElementTree.Element:
    return ElementTree.fromstring(render(flow))  # noqa: S314  (our own markup)


def test_the_steps_stand_in_their_order() -> None:
    assert [step.tag for step in _parsed(WHOLE)] == ["Play", "Gather", "Hangup"]
    assert _parsed((Play(WAV),))[0].text == WAV


def test_a_gather_takes_one_key_of_any_kind_and_always_calls_back() -> None:
    gather = _parsed(WHOLE)[1]
    assert gather.attrib == {
        "action": NEXT,
        "method": "POST",
        "timeout": "7",
        "numDigits": "1",
        "finishOnKey": "",
        "actionOnEmptyResult": "true",
    }
    assert [step.tag for step in gather] == ["Play", "Play"]


def test_a_missed_call_is_rejected_as_busy_and_so_costs_nothing() -> None:
    (reject,) = _parsed((Reject(),))
    assert (reject.tag, reject.attrib) == ("Reject", {"reason": "busy"})


def test_nothing_but_the_common_subset_is_ever_written() -> None:
    tags = {element.tag for element in _parsed((*WHOLE, Reject())).iter()}
    assert tags <= {"Response", "Say", "Play", "Gather", "Record", "Redirect", "Reject", "Hangup"}
