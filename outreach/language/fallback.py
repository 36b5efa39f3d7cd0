"""Picks the language to answer in: what they wrote in, else what they set, else Khmer."""

from __future__ import annotations

from collections.abc import Collection

DEFAULT = "km"


def pick(written: str | None, told: str | None, available: Collection[str]) -> str:
    """The language code to use among `available`; Khmer where neither is there.

    `written` is the language of the person's text (`match().language`), `told` the one they chose.

    >>> pick("th", "vi", {"km", "vi"})
    'vi'
    """
    for language in (written, told, DEFAULT):
        if language in available and language is not None:
            return language
    return min(available, default=DEFAULT)
