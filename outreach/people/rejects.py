"""The mendable file: rejected rows as they were, each with its reasons; readable by its owner only.

It is the one place outside the sealed register where numbers lie open, so its mode is 0600 from the
first byte, and it never replaces a file that somebody may be mending.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from outreach.people.rules.columns import OURS


class Rejects:
    """Collects rejected rows in a temporary file; `keep` gives it its name."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._header = [*header, *(name.replace(" ", "_") for name in OURS)]
        self._file: TextIO | None = None

    def add(self, cells: Sequence[str], line: int, columns: str, km: str, en: str) -> None:
        """Adds one row; its columns stay in place, so that the mended file can be imported."""
        if self._file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            handle = os.open(self._part, flags, 0o600)
            self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(self._header)
        width = len(self._header) - len(OURS)
        padded = [*cells, *[""] * (width - len(cells))][:width]
        csv.writer(self._file).writerow([*padded, line, columns, km, en])

    def keep(self) -> Path | None:
        """Puts the file in its place, under the next free name; None where nothing was rejected."""
        if self._file is None:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        number = 1
        while True:
            stem = self._path.stem if number == 1 else f"{self._path.stem}-{number}"
            target = self._path.with_name(f"{stem}{self._path.suffix}")
            try:
                os.link(self._part, target)
            except FileExistsError:
                number += 1
                continue
            self._part.unlink()
            return target

    def drop(self) -> None:
        """Forgets what was collected (an error, a dry run)."""
        if self._file is not None and not self._file.closed:
            self._file.close()
        self._part.unlink(missing_ok=True)
