"""The local hours in which a text or a call may reach anybody at all (S36)."""

from __future__ import annotations

# From (included) to (excluded).
USUAL: dict[str, tuple[int, int]] = {"sms": (8, 20), "voice": (18, 20)}
