"""Finds the audio file of a recording's public id."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from outreach.content import queries
from outreach.store.engine import reading


def find_recording(engine: Engine, public_id: str) -> Path | None:
    """The file, or None where no such recording (any more) is there."""
    with reading(engine) as connection:
        known = queries.recording(connection, public_id)
    if known is None or not Path(known.path).is_file():
        return None
    return Path(known.path)
