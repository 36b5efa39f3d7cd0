"""By which channels a person can be reached, when a retry changes the channel."""

from __future__ import annotations

import pytest

from outreach.planning.rules.channels import accepted

USUAL = {
    "choice": "",
    "safe": "",
    "reads": "yes",
    "shows_khmer": "yes",
    "language": "km",
    "words": ("sms", "voice"),
}


@pytest.mark.parametrize(
    ("known", "channels"),
    [
        ({}, {"sms", "voice"}),
        ({"words": ("sms",)}, {"sms"}),
        ({"words": ()}, set()),
        ({"choice": "voice"}, {"voice"}),
        ({"choice": "sms", "reads": "no"}, {"sms"}),
        ({"safe": "voice"}, {"voice"}),
        ({"choice": "sms", "safe": "voice"}, set()),
        ({"reads": "no"}, {"voice"}),
        ({"shows_khmer": "not_asked"}, {"voice"}),
        ({"shows_khmer": "no", "language": "en"}, {"sms", "voice"}),
    ],
)
def test_a_retry_takes_only_a_channel_that_the_person_can_take(known, channels) -> None:
    assert accepted(**(USUAL | known)) == channels
