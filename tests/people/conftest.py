"""A database with a few places, and an importer with everything but the file filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from outreach.kernel.clock import FixedClock
from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.importing import ImportReport, import_contacts
from outreach.store.engine import transaction

PLACES = (
    ("01", "", "province", "បន្ទាយមានជ័យ", "Banteay Meanchey"),
    ("17", "", "province", "សៀមរាប", "Siem Reap"),
    ("0102", "01", "district", "មង្គលបូរី", "Mongkol Borei"),
    ("010201", "0102", "commune", "បន្ទាយនាង", "Banteay Neang"),
    ("010202", "0102", "commune", "សំរោង", "Samraong"),
    ("170101", "1701", "commune", "សំរោង", "Samraong"),
    ("01020101", "010201", "village", "អូរធំ", "Ou Thum"),
)
ANNA = "+855381234567"
GOOD = "038 123 4567,010201,km,female,paper form,2026-02-14,v1"
LISTED = "038 123 4568,010201,km,male,,,"
HEADER = "phone,commune,language,sex,consent how,consent when,consent wording"
Importer = Callable[..., ImportReport]


@pytest.fixture
def register(database: Engine) -> Engine:
    """A database that knows PLACES."""
    names = ("code", "parent", "kind", "name_km", "name_en")
    with transaction(database) as connection:
        queries.put_places(connection, [dict(zip(names, row, strict=True)) for row in PLACES])
    return database


@pytest.fixture
def importer(register: Engine, vault: Vault, clock: FixedClock, tmp_path: Path) -> Importer:
    """Imports the lines it is given (or a file)."""

    def run(
        lines: Sequence[str] = (), *, path: Path | None = None, dry_run: bool = False
    ) -> ImportReport:
        source = path or tmp_path / "register.csv"
        if path is None:
            source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_contacts(
            register,
            vault,
            clock,
            source,
            dry_run=dry_run,
            rejects_path=tmp_path / "rejected.csv",
            progress=lambda _rows, _of: None,
        )

    return run
