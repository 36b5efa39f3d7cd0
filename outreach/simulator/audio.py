"""Tells how long a recording plays, from its bytes."""

from __future__ import annotations

import io
import wave

WAV = frozenset({"audio/wav", "audio/wave", "audio/x-wav"})
MPEG = frozenset({"audio/mpeg", "audio/mp3"})
# MPEG audio is only estimated: a voice recording has about this many bytes per second.
_MPEG_BYTES_PER_SECOND = 8_000.0


def seconds_of(media_type: str, body: bytes) -> float | None:
    """Seconds that `body` plays, or None if it is no recording that can be played."""
    if media_type in MPEG:
        return len(body) / _MPEG_BYTES_PER_SECOND if body else None
    if media_type not in WAV:
        return None
    try:
        with wave.open(io.BytesIO(body)) as recording:
            return float(recording.getnframes() / recording.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return None
