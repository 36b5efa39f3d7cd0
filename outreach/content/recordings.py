"""Audio for calls: a recorded file, or a tone that stands in where nobody has recorded yet.

No registry has a Khmer voice, so voice content is recorded by people. A placeholder is labelled as
one wherever it is shown, and never leaves for a live gateway.
"""

from __future__ import annotations

import io
import math
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import structlog
from sqlalchemy import Engine

from outreach.content import queries
from outreach.content.source import Problem
from outreach.store.engine import reading

log = structlog.get_logger(__name__)

_RATE = 8_000
_PITCH = 440.0
# A beep of a second, a pause of a second: nobody takes it for a message.
_BEEP_SECONDS = 1


@dataclass(frozen=True)
class Recording:
    """What a call plays: `path` of a WAV file, or None for a placeholder of `seconds`."""

    path: Path | None
    seconds: float

    @property
    def placeholder(self) -> bool:
        """Whether it only stands in for a recording."""
        return self.path is None


def find(engine: Engine, public_id: str) -> bytes | None:
    """The WAV bytes of a stored recording by its public id; None where it isn't (any more)."""
    with reading(engine) as connection:
        known = queries.recording(connection, public_id)
    if known is None:
        return None
    try:
        return Path(known.path).read_bytes() if known.path else _tone(known.seconds)
    except FileNotFoundError:
        log.error("a recording's file is gone; load its campaign again", recording=public_id)
        return None


def measure(path: Path) -> Recording | Problem:
    """The recording in a WAV file, or what is wrong with it."""
    try:
        with wave.open(str(path), "rb") as file:
            seconds = file.getnframes() / file.getframerate()
    except FileNotFoundError:
        return Problem(path, 0, "There is no such recording.", "Record it, or say placeholder.")
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return Problem(path, 0, "This is not a PCM WAV file.", "Export it as 8 kHz mono WAV.")
    if seconds < 1:
        return Problem(path, 0, "The recording is shorter than a second.", "Record it again.")
    return Recording(path.resolve(), seconds)


@lru_cache(maxsize=8)
def _tone(seconds: int) -> bytes:
    """`seconds` of beeps: WAV, 8 kHz, mono, 8 bit."""
    second = bytes(
        128 + round(60 * math.sin(2 * math.pi * _PITCH * n / _RATE)) for n in range(_RATE)
    )
    silence = bytes([128]) * _RATE
    beeps = (second if at % 2 < _BEEP_SECONDS else silence for at in range(seconds))
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(_RATE)
        file.writeframes(b"".join(beeps))
    return target.getvalue()
