"""Finds the audio of a recording's public id."""

from __future__ import annotations

import structlog
from sqlalchemy import Engine

from outreach.content import queries
from outreach.content.recordings import audio
from outreach.store.engine import reading

log = structlog.get_logger(__name__)


def find_recording(engine: Engine, public_id: str) -> bytes | None:
    """The WAV bytes, or None where no such recording (any more) is there."""
    with reading(engine) as connection:
        known = queries.recording(connection, public_id)
    if known is None:
        return None
    try:
        return audio(known)
    except FileNotFoundError:
        log.error("a recording's file is gone; load its campaign again", recording=public_id)
        return None
