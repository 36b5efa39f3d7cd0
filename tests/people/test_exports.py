"""S22: contacts leave the register only by two people, marked, once, and as nobody's formula."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, true

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput, Conflict, NotFound, OutreachError, Refused
from outreach.kernel.sealing import Vault
from outreach.people import queries
from outreach.people.audit import Asking
from outreach.people.exports import exporting
from outreach.people.exports.exporting import ExportView
from outreach.people.rules.cells import phone_cell, safe_cell
from outreach.people.rules.numbers import Number, parse_number
from outreach.store.engine import reading
from tests.people.conftest import ANNA, GOOD, HEADER, LISTED, Importer

WHY = "The provincial team calls them"
SOK, DARA = Asking("sok", WHY), Asking("dara", WHY)


@pytest.fixture
def asked(importer: Importer, register: Engine, clock: FixedClock) -> ExportView:
    importer([HEADER, GOOD, LISTED])
    return exporting.request(register, clock, "community", "cm_1", SOK)


@pytest.fixture
def allow(register: Engine, clock: FixedClock) -> Callable[..., ExportView]:
    def run(view: ExportView, by: Asking = DARA, *, yes: bool = True) -> ExportView:
        return exporting.decide(register, clock, view.public_id, by, yes=yes)

    return run


@pytest.fixture
def write(
    register: Engine, vault: Vault, clock: FixedClock, tmp_path: Path
) -> Callable[..., ExportView]:
    def run(view: ExportView, by: str = "sok", name: str = "out.csv") -> ExportView:
        path = tmp_path / name
        return exporting.write(register, vault, clock, view.public_id, path, true(), by)

    return run


def audit(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(queries.AUDIT.select().order_by(queries.AUDIT.c.id)).all()
    return [(row.action, row.by) for row in rows]


def test_s22_one_asks_another_allows_and_the_first_writes_it(
    asked: ExportView, allow: Any, write: Any, register: Engine, tmp_path: Path
) -> None:
    assert allow(asked).state == "approved"
    done = write(asked)
    assert (done.state, done.contacts, done.approved_by) == ("written", 1, "dara")
    path = tmp_path / "out.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (row,) = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    assert (row["phone"], row["sex"]) == ("(+855) 38 123 4567", "female")
    assert (row["export"], row["exported_by"]) == (asked.public_id, "sok")
    assert row["exported_at"] == "2026-03-02T02:00:00Z"
    assert audit(register) == [
        ("export_ask", "sok"),
        ("export_yes", "dara"),
        ("export_write", "sok"),
    ]


def test_s22_nobody_allows_their_own(asked: ExportView, allow: Any, write: Any) -> None:
    for by in (SOK, Asking("SOK", WHY)):
        with pytest.raises(Refused, match="S22"):
            allow(asked, by)
    with pytest.raises(Conflict, match="requested"):
        write(asked)


def test_s22_only_whoever_asked_writes_it(
    asked: ExportView, allow: Any, write: Any, tmp_path: Path
) -> None:
    allow(asked)
    with pytest.raises(Refused):
        write(asked, "dara")
    assert not (tmp_path / "out.csv").exists()


def test_s22_an_export_is_written_once(asked: ExportView, allow: Any, write: Any) -> None:
    allow(asked)
    write(asked)
    with pytest.raises(Conflict, match="written"):
        write(asked, name="again.csv")


def test_s22_an_approval_and_a_request_expire(
    asked: ExportView, allow: Any, write: Any, clock: FixedClock
) -> None:
    allow(asked)
    clock.advance(timedelta(hours=24))
    with pytest.raises(Conflict, match="over"):
        write(asked)


def test_s22_a_request_that_nobody_looked_at_expires(
    asked: ExportView, allow: Any, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=7))
    with pytest.raises(Conflict, match="over"):
        allow(asked)


def test_s22_a_refused_export_stays_refused(asked: ExportView, allow: Any, write: Any) -> None:
    assert allow(asked, yes=False).state == "refused"
    for act in (allow, write):
        with pytest.raises(Conflict, match="refused"):
            act(asked)


def test_s22_a_reason_is_needed_and_names_no_number(
    register: Engine, clock: FixedClock, asked: ExportView
) -> None:
    with pytest.raises(BadInput, match="--reason"):
        exporting.request(register, clock, "community", "cm_1", Asking("sok", " . "))
    view = exporting.request(register, clock, "community", "c", Asking("sok", f"Calls {ANNA} back"))
    assert "1234567" not in repr(view)


def test_a_file_that_is_there_is_never_written_over_and_costs_no_approval(
    asked: ExportView, allow: Any, write: Any, tmp_path: Path
) -> None:
    allow(asked)
    (tmp_path / "mine.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    for name in ("mine.csv", "link.csv", "no/such/folder.csv"):
        with pytest.raises(OutreachError):
            write(asked, name=name)
    assert (tmp_path / "mine.csv").read_text() == "mine"
    assert write(asked).state == "written"


def test_s22_a_writer_that_dies_leaves_an_export_that_is_known_and_used_up(
    asked: ExportView, allow: Any, register: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    allow(asked)
    other = Vault({"seal-x": b"x" * 32}, {"lookup-x": b"x" * 32})
    with pytest.raises(OutreachError):
        exporting.write(
            register, other, clock, asked.public_id, tmp_path / "out.csv", true(), "sok"
        )
    assert exporting.show(register, asked.public_id).state == "writing"
    assert audit(register)[-1] == ("export_write", "sok")


def test_an_export_that_is_none_is_told(register: Engine, allow: Any) -> None:
    with pytest.raises(NotFound):
        exporting.show(register, "ex_none")


def test_exports_are_listed_newest_first(asked: ExportView, register: Engine, allow: Any) -> None:
    allow(asked)
    assert [view.state for view in exporting.listed(register)] == ["approved"]


@pytest.mark.parametrize(
    "written", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u200b=1", "|calc"]
)
def test_a_cell_is_never_a_formula(written: str) -> None:
    assert safe_cell(written) == f"'{written}"


@pytest.mark.parametrize("written", ["", "ភូមិ", "a=b", "1-2", "(+855) 38 123 4567"])
def test_other_cells_stay_as_they_are(written: str) -> None:
    assert safe_cell(written) == written


def test_a_number_comes_back_through_our_own_import_and_is_no_formula(tmp_path: Path) -> None:
    cell = phone_cell(ANNA)
    assert safe_cell(cell) == cell
    found = parse_number(cell)
    assert isinstance(found, Number)
    assert found.e164 == ANNA


def test_what_was_exported_can_be_imported_again(
    asked: ExportView, allow: Any, write: Any, importer: Importer, tmp_path: Path
) -> None:
    allow(asked)
    write(asked)
    report = importer(path=tmp_path / "out.csv")
    assert (report.rows, report.unchanged, report.rejected) == (1, 1, 0)
    assert report.ignored_columns == ("export", "exported_by", "exported_at")
