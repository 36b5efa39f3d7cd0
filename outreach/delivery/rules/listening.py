"""How much of a recording was heard: from serving it to the next hook, capped at its length."""

from __future__ import annotations

from datetime import datetime

LISTENED_SHARE = 0.75
REACHED_SECONDS = 10


def heard(played_at: datetime | None, play_seconds: int | None, now: datetime) -> int | None:
    """Seconds heard, or None where nothing was served."""
    if played_at is None or play_seconds is None:
        return None
    return max(0, min(play_seconds, int((now - played_at).total_seconds())))


def listened(seconds: int, play_seconds: int) -> bool:
    """Whether three quarters or more were heard (REACH.md)."""
    return play_seconds > 0 and seconds >= LISTENED_SHARE * play_seconds
