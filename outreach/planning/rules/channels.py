"""Decides by which channels a person can be reached at all, when a campaign changes the channel."""

from __future__ import annotations

from collections.abc import Collection

BOTH = frozenset({"sms", "voice"})


def accepted(
    *, choice: str, safe: str, reads: str, shows_khmer: str, language: str, words: Collection[str]
) -> frozenset[str]:
    """The channels for which there are `words`, and that neither the person's `choice` nor their
    safe-contact channel (`safe`) excludes; a text only to who reads, and in Khmer script only to
    phones known to show it (KHMER.md). `language` is that of the text."""
    channels = BOTH & frozenset(words)
    for only in (choice, safe):
        if only in BOTH:
            channels &= {only}
    legible = reads != "no" and (language != "km" or shows_khmer == "yes")
    return channels if legible or choice == "sms" else channels - {"sms"}
