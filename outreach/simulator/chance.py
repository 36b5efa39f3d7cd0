"""Draws numbers that look random and are the same every time: a hash of the seed and a name."""

from __future__ import annotations

import hashlib

_SPAN = 2.0**64


class Chance:
    """All the luck of one network. A draw depends on nothing but the seed and its own name."""

    def __init__(self, seed: int) -> None:
        self._key = f"outreach network {seed}".encode()[:64]

    def draw(self, *name: str | int) -> float:
        """The draw of that name, in [0, 1)."""
        text = "\x1f".join(map(str, name)).encode()
        digest = hashlib.blake2b(text, digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "big") / _SPAN

    def between(self, low: float, high: float, *name: str | int) -> float:
        """The draw of that name, in [low, high)."""
        return low + (high - low) * self.draw(*name)
