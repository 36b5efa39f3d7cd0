"""The mendable file: rejected rows as they were, each with its reasons; readable by its owner only.

It is the one place outside the sealed register where numbers lie open, so its mode is 0600 from the
first byte, and it never replaces a file that somebody may be mending. The cells are the sender's,
untouched (also those that a spreadsheet would take for formulas): the file is theirs to mend.
"""

from __future__ import annotations

import csv
import errno
import fcntl
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from outreach.kernel.errors import BadInput
from outreach.people.rules.columns import OURS, is_ours

_PART = ".part"


class Rejects:
    """Collects rejected rows in a temporary file beside `path`; `keep` gives it its name.

    What an import that was killed left there is removed by the next one. Raises BadInput, before
    anything is imported, where the file can't be written.
    """

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._path = path
        # A file that was mended has our columns already; they are written anew.
        self._theirs = [at for at, name in enumerate(header) if not is_ours(name)]
        self._width = len(header)
        self._rows = 0
        self._part, self._file = _begin(path)
        csv.writer(self._file).writerow([*(header[at] for at in self._theirs), *OURS])

    def add(self, cells: Sequence[str], line: int, columns: str, km: str, en: str) -> None:
        """Adds one row; its columns stay in place, so that the mended file can be imported. Cells
        beyond the header's come last."""
        padded = [*cells, *[""] * (self._width - len(cells))]
        kept = [padded[at] for at in self._theirs]
        csv.writer(self._file).writerow([*kept, line, columns, km, en, *padded[self._width :]])
        self._rows += 1

    def keep(self) -> Path | None:
        """Puts the file in its place, under the next free name; None where nothing was rejected."""
        if not self._rows:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        number = 1
        while True:
            stem = self._path.stem if number == 1 else f"{self._path.stem}-{number}"
            target = self._path.with_name(f"{stem}{self._path.suffix}")
            try:
                _name(self._part, target)
            except FileExistsError:
                number += 1
                continue
            return target

    def close(self) -> None:
        """Removes the temporary file; what `keep` named stays."""
        self._part.unlink(missing_ok=True)
        self._file.close()


def _begin(path: Path) -> tuple[Path, TextIO]:
    prefix = f".{path.name}."
    try:
        _sweep(path.parent, prefix)
        # mkstemp: mode 0600, a new name, no link is followed.
        handle, name = tempfile.mkstemp(_PART, prefix, path.parent)
    except OSError as error:
        raise BadInput(
            f"Rejected rows can't be kept here: {error.strerror}.",
            where=str(path.parent),
            remedy="Choose another place for them.",
        ) from error
    fcntl.flock(handle, fcntl.LOCK_EX)
    return Path(name), os.fdopen(handle, "w", encoding="utf-8-sig", newline="")


def _sweep(folder: Path, prefix: str) -> None:
    """Removes what killed imports left: parts of ours that no process holds."""
    for name in os.listdir(folder):
        part = folder / name
        ours = name.startswith(prefix) and name.endswith(_PART) and not part.is_symlink()
        if not ours or part.stat().st_uid != os.getuid():
            continue
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink(missing_ok=True)
        except BlockingIOError:
            continue  # an import that still runs
        finally:
            os.close(handle)


def _name(part: Path, target: Path) -> None:
    """Gives `part` the name `target` as well; raises FileExistsError where that is taken."""
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        # A disk without hard links (a memory stick): take the name first, then move over it.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        os.replace(part, target)
