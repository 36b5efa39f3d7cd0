"""The mendable file: whole, its owner's only, and never in anybody's way."""

from __future__ import annotations

import csv
import fcntl
import os
import stat
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from outreach.kernel.errors import BadInput
from outreach.people.rejects import Rejects
from tests.people.conftest import GOOD, HEADER, Importer
from tests.people.test_importing import rows

BAD = "038-12,010201,km,,,,"


def content(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def rejected(path: Path, *cells: list[str], header: tuple[str, ...] = ("phone",)) -> Path | None:
    rejects = Rejects(path, header)
    for line, row in enumerate(cells, start=2):
        rejects.add(row, line, "phone", "ខ្លី", "short")
    try:
        return rejects.keep()
    finally:
        rejects.close()


def test_without_rejected_rows_there_is_no_file(importer: Importer, tmp_path: Path) -> None:
    assert importer([HEADER, GOOD]).rejects_path is None
    assert [path.name for path in tmp_path.iterdir() if "rejected" in path.name] == []


def test_cells_beyond_the_header_are_kept_behind_ours(tmp_path: Path) -> None:
    path = rejected(tmp_path / "r.csv", ["12", "more", "and more"], ["13"])
    assert path
    assert content(path)[1:] == [
        ["12", "2", "phone", "ខ្លី", "short", "more", "and more"],
        ["13", "3", "phone", "ខ្លី", "short"],
    ]


def test_the_columns_of_an_earlier_try_are_written_anew(tmp_path: Path) -> None:
    header = ("phone", "line", "column", "reason_km", "reason_en", "sex")
    path = rejected(tmp_path / "r.csv", ["12", "9", "phone", "a", "b", "f"], header=header)
    assert path
    assert content(path) == [
        ["phone", "sex", "line", "column", "reason_km", "reason_en"],
        ["12", "f", "2", "phone", "ខ្លី", "short"],
    ]


def test_its_mode_is_0600_from_the_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        rejects = Rejects(tmp_path / "r.csv", ("phone",))
        (part,) = tmp_path.iterdir()
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        rejects.close()
    finally:
        os.umask(before)


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "r.csv").symlink_to(precious)
    assert rejected(tmp_path / "r.csv", ["12"]) == tmp_path / "r-2.csv"
    assert precious.read_text() == "mine"


def test_a_place_that_cant_be_written_is_told_before_anything_is_imported(
    importer: Importer, register: Engine, tmp_path: Path
) -> None:
    from outreach.kernel.clock import SystemClock
    from outreach.kernel.sealing import new_keys, parse_keys
    from outreach.people.importing import import_contacts

    source = tmp_path / "given.csv"
    source.write_text(f"{HEADER}\n{GOOD}\n{BAD}\n")
    with pytest.raises(BadInput, match="Choose another place"):
        import_contacts(
            register,
            parse_keys(new_keys(), "test"),
            SystemClock(),
            source,
            dry_run=False,
            rejects_path=tmp_path / "nowhere" / "r.csv",
            progress=lambda _rows, _of: None,
        )
    assert rows(register) == {}


def test_s18_the_next_import_removes_what_a_killed_one_left_but_not_a_running_ones(
    tmp_path: Path,
) -> None:
    left, running = tmp_path / ".r.csv.left.part", tmp_path / ".r.csv.runs.part"
    left.write_text("numbers")
    with running.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        rejected(tmp_path / "r.csv", ["12"])
        assert sorted(path.name for path in tmp_path.iterdir()) == [running.name, "r.csv"]


def test_a_rejection_shows_no_control_characters_and_no_page_of_text(importer: Importer) -> None:
    began = time.perf_counter()
    report = importer(["phone", "\x1b[2J0381234567", "x" * 50_000])
    assert all("\x1b" not in item.masked for item in report.samples)
    assert max(len(item.masked) for item in report.samples) <= 20
    assert time.perf_counter() - began < 5
