"""Renders the steps of a call as TwiML, in the verbs that Twilio and Somleng both obey."""

from __future__ import annotations

from twilio.twiml import voice_response as twiml  # type: ignore[import-untyped]

from outreach.kernel.flow import Flow, Gather, Hangup, Play, Reject


def render(flow: Flow) -> bytes:
    """`flow` as a UTF-8 TwiML document.

    A Gather takes one key, `#` and `*` among them, and always calls its action, pressed or not:
    without that the call would fall through, and without an action it would loop.
    """
    response = twiml.VoiceResponse()
    for step in flow:
        match step:
            case Play(url):
                response.play(url)
            case Gather():
                response.append(_gather(step))
            case Hangup():
                response.hangup()
            case Reject():
                response.reject(reason="busy")
    return str(response).encode()


def _gather(step: Gather) -> twiml.Gather:
    verb = twiml.Gather(
        action=step.action,
        method="POST",
        timeout=step.timeout,
        num_digits=1,
        finish_on_key="",
        action_on_empty_result=True,
    )
    for play in step.play:
        verb.play(play.url)
    return verb
