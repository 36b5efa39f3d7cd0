"""TwiML is read strictly: what Somleng would refuse is refused here."""

import pytest

from outreach.gateways.twilio import markup
from outreach.kernel import flow
from outreach.simulator import twiml


def test_what_our_gateway_renders_is_understood() -> None:
    rendered = markup.render(
        (
            flow.Gather(
                play=(flow.Play("http://127.0.0.1/a.wav"),),
                action="http://127.0.0.1/key?step=1&n=2",
                timeout=7,
            ),
            flow.Hangup(),
        )
    )
    gather = twiml.Gather(
        prompts=(twiml.Play("http://127.0.0.1/a.wav"),),
        action="http://127.0.0.1/key?step=1&n=2",
        method="POST",
        timeout=7,
        digits=1,
        finish_on="",
        even_empty=True,
    )
    assert twiml.parse(rendered) == (gather, twiml.Hangup())
    assert twiml.parse(markup.render((flow.Reject(),))) == (twiml.Reject("busy"),)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Play>", 12100),
        ("not xml", 12100),
        ('<!DOCTYPE Response [<!ENTITY a "a">]><Response>&a;</Response>', 12100),
        ("<Reply/>", 12200),
        ("<Response><Pause/></Response>", 12200),
        ("<Response><Play/></Response>", 12200),
        ("<Response><Gather><Pause/></Gather></Response>", 12200),
        ("<Response><Gather><Hangup/></Gather></Response>", 12200),
        ('<Response><Gather timeout="soon"/></Response>', 12200),
        ('<Response><Gather input="speech"/></Response>', 12200),
        ('<Response><Redirect method="PUT">/a</Redirect></Response>', 12200),
    ],
)
def test_a_document_out_of_the_common_subset_is_refused(document: str, code: int) -> None:
    with pytest.raises(twiml.BadDocument) as refused:
        twiml.parse(document.encode())
    assert refused.value.code == code
