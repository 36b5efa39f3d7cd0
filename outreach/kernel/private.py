"""Writes a file that only its owner may read, and never over another."""

from __future__ import annotations

import os
from pathlib import Path

from outreach.kernel.errors import BadInput


def write_private(path: Path, text: str) -> None:
    """Writes `text` with mode 0600 from the first byte; raises BadInput where the file is there
    already (it may be the only copy of something) or can't be written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BadInput(
            f"This file can't be written: {error.strerror}.",
            where=str(path),
            remedy="Choose another place or name.",
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
