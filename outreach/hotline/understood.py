"""Understands texts, and but once what many people write: a digit, a word of the menu."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from secrets import token_bytes

from outreach.language.match import Match, match


class Understood:
    """Remembers what texts meant, each under a digest with a key that it alone has and never
    shows: nobody's words stay. After `most` of them all are forgotten, so that whoever sends ever
    other words fills no memory."""

    def __init__(self, understand: Callable[[str], Match] = match, *, most: int = 4_096) -> None:
        self._understand, self._most, self._key = understand, most, token_bytes(32)
        self._known: dict[bytes, Match] = {}

    def __call__(self, text: str) -> Match:
        """What `text` means."""
        name = hmac.digest(self._key, text.encode(), "sha256")
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[name] = self._understand(text)
        return known


_understood = Understood()


def meanings(texts: Iterable[str]) -> dict[str, Match]:
    """What each of `texts` means by itself."""
    return {text: _understood(text) for text in set(texts)}
