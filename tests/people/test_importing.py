"""Contact files as they come: what lands, what is rejected, and what never happens."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from outreach.kernel.errors import BadInput, NotFound
from outreach.kernel.sealing import Vault
from outreach.people import contacts, optout, queries
from outreach.store.engine import reading, transaction
from outreach.store.ledger import LEDGER
from tests.people.conftest import ANNA, GOOD, HEADER, LISTED, Importer


def rows(engine: Engine) -> dict[str, dict[str, object]]:
    with reading(engine) as connection:
        found = connection.execute(queries.CONTACTS.select()).all()
    return {row.public_id: dict(row._mapping) for row in found}


def consents(engine: Engine) -> list[str]:
    return sorted(str(row["consent"]) for row in rows(engine).values())


def test_good_rows_land_and_a_row_without_evidence_is_only_listed(
    importer: Importer, register: Engine
) -> None:
    report = importer([HEADER, GOOD, LISTED])
    assert (report.rows, report.added, report.listed, report.rejected) == (2, 2, 1, 0)
    assert consents(register) == ["consented", "listed"]


def test_s12_evidence_is_kept_with_the_step_that_it_proves(
    importer: Importer, register: Engine
) -> None:
    importer([HEADER, GOOD])
    with reading(register) as connection:
        (event,) = connection.execute(queries.EVENTS.select()).all()
    assert (event.before, event.after, event.source) == ("", "consented", "import")
    assert (event.how, event.given_on, event.wording) == ("paper form", "2026-02-14", "v1")


def test_each_step_is_a_fact_with_the_persons_dimensions(
    importer: Importer, register: Engine
) -> None:
    importer([HEADER, GOOD])
    with reading(register) as connection:
        (fact,) = connection.execute(LEDGER.select()).all()
    assert (fact.kind, fact.detail, fact.province, fact.sex) == (
        "consent",
        "consented",
        "01",
        "female",
    )


def test_the_same_file_twice_changes_nothing(importer: Importer, register: Engine) -> None:
    importer([HEADER, GOOD, LISTED])
    before = rows(register)
    report = importer([HEADER, GOOD, LISTED])
    assert (report.added, report.updated, report.unchanged) == (0, 0, 2)
    assert rows(register) == before


def test_the_first_of_two_rows_with_one_number_wins(importer: Importer, register: Engine) -> None:
    other = "+855 38 123 4567,010202,en,male,paper form,2026-02-14,v1"
    report = importer([HEADER, GOOD, other])
    assert (report.added, report.duplicates) == (1, 1)
    assert [row["language"] for row in rows(register).values()] == ["km"]


def test_a_later_file_corrects_what_an_earlier_one_said(
    importer: Importer, register: Engine
) -> None:
    importer([HEADER, LISTED])
    report = importer([HEADER, "0381234568,170101,en,male,paper form,2026-02-14,v1"])
    assert (report.updated, consents(register)) == (1, ["consented"])
    assert [row["province"] for row in rows(register).values()] == ["17"]


def test_an_empty_cell_does_not_wipe_what_is_known(importer: Importer, register: Engine) -> None:
    importer([HEADER, GOOD])
    importer([HEADER, "0381234567,,,,paper form,2026-02-14,v1"])
    assert [row["sex"] for row in rows(register).values()] == ["female"]


def test_an_import_never_overwrites_what_the_person_said(
    importer: Importer, register: Engine, vault: Vault, clock
) -> None:
    importer([HEADER, GOOD])
    with transaction(register) as connection:
        known = contacts.find_by_number(connection, vault, ANNA)
        assert known
        contacts.set_language(connection, known.id, "vi", clock.now())
    importer([HEADER, GOOD])
    assert [row["language"] for row in rows(register).values()] == ["vi"]


@pytest.mark.parametrize("known_before", [True, False])
def test_s14_an_import_never_revives_an_opt_out(
    importer: Importer, register: Engine, vault: Vault, clock, known_before: bool
) -> None:
    if known_before:
        importer([HEADER, GOOD])
    with transaction(register) as connection:
        optout.opt_out(connection, vault, ANNA, at=clock.now(), source="sms")
    report = importer([HEADER, GOOD])
    assert (report.opted_out, consents(register)) == (1, ["opted_out"])


def test_a_dry_run_tells_the_same_and_changes_nothing(
    importer: Importer, register: Engine, tmp_path: Path
) -> None:
    lines = [HEADER, GOOD, LISTED, GOOD, "12,010201,km,,,,"]
    dry = importer(lines, dry_run=True)
    assert rows(register) == {}
    assert sorted(tmp_path.glob("*rejected*")) == []
    real = importer(lines)
    assert (dry.added, dry.listed, dry.duplicates) == (real.added, real.listed, real.duplicates)
    assert (dry.rejected, dry.reasons, dry.samples) == (real.rejected, real.reasons, real.samples)


def test_a_bad_row_is_named_by_line_column_and_reason_and_masked(importer: Importer) -> None:
    bad = '"038 123\n45a7",010201,km,x,,,'
    report = importer([HEADER, GOOD, bad, "0381234568,999999,km,,,,"])
    first, second = report.samples
    assert (first.line, first.column) == (3, "phone; sex")
    assert "letters" in first.reason
    assert (second.line, second.column) == (5, "commune")
    assert "1234568" not in second.masked


def test_the_mendable_file_holds_the_original_rows_for_its_owner_only(
    importer: Importer, tmp_path: Path
) -> None:
    report = importer([HEADER, GOOD, "038-12,010201,km,=1+1,,,"])
    path = tmp_path / "rejected.csv"
    assert report.rejects_path == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    header, row = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert header[-4:] == ["line", "column", "reason_km", "reason_en"]
    assert row[:4] == ["038-12", "010201", "km", "=1+1"]
    assert row[7] == "3"


def test_the_mended_file_can_be_imported_as_it_is(
    importer: Importer, tmp_path: Path, register: Engine
) -> None:
    importer([HEADER, "038-12,010201,km,female,,,"])
    path = tmp_path / "rejected.csv"
    path.write_text(path.read_text("utf-8-sig").replace("038-12", "0381234567"), "utf-8")
    report = importer(path=path)
    assert (report.added, report.rejected, report.ignored_columns) == (1, 0, ())


def test_a_file_that_somebody_may_be_mending_is_never_replaced(
    importer: Importer, tmp_path: Path
) -> None:
    importer([HEADER, "038-12,010201,km,,,,"])
    (tmp_path / "rejected.csv").write_text("being mended")
    report = importer([HEADER, "038-12,010201,km,,,,"])
    assert report.rejects_path == tmp_path / "rejected-2.csv"
    assert (tmp_path / "rejected.csv").read_text() == "being mended"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_usual_encodings_and_delimiters_are_read(
    importer: Importer, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "given.csv"
    text = "លេខទូរស័ព្ទ,ភាសា\n០៣៨១២៣៤៥៦៧,ខ្មែរ\n".replace(",", delimiter)
    path.write_text(text, encoding=encoding)
    assert importer(path=path).added == 1


def test_a_western_legacy_file_is_read(importer: Importer, tmp_path: Path) -> None:
    path = tmp_path / "given.csv"
    path.write_bytes("phone,name\n0381234567,Ren\xe9\n".encode("cp1252"))
    assert importer(path=path).added == 1


def test_a_workbook_is_read_with_numbers_and_dates_as_cells(
    importer: Importer, tmp_path: Path, register: Engine
) -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER.split(","))
    when = datetime(2026, 2, 14)  # noqa: DTZ001  (a cell has no zone)
    sheet.append([381234567, 10201, "km", "female", "paper form", when, "v1"])
    sheet.append([None] * 7)
    sheet.append(["0381234568", "010201", "km", "x", None, None, None])
    book.save(tmp_path / "given.xlsx")
    report = importer(path=tmp_path / "given.xlsx")
    assert (report.added, [r.line for r in report.samples]) == (1, [4])
    assert [row["province"] for row in rows(register).values()] == ["01"]


def test_a_file_that_is_not_there_is_not_found(importer: Importer, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        importer(path=tmp_path / "nowhere.csv")


def test_an_import_that_dies_half_way_is_finished_by_the_second_run(
    register: Engine, vault: Vault, clock, tmp_path: Path, importer: Importer
) -> None:
    from outreach.people.importing import import_contacts

    path = tmp_path / "long.csv"
    path.write_text("phone\n" + "".join(f"038{n:07d}\n" for n in range(1200)) + "12\n")

    def dies(rows: int, _of: int | None) -> None:
        if rows >= 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_contacts(
            register,
            vault,
            clock,
            path,
            dry_run=False,
            rejects_path=tmp_path / "rejected.csv",
            progress=dies,
            chunk=500,
        )
    assert len(rows(register)) == 1000
    assert list(tmp_path.glob(".*")) == []
    report = importer(path=path)
    assert (report.added, report.unchanged, len(rows(register))) == (200, 1000, 1200)


def test_a_place_can_be_named_in_either_language(importer: Importer, register: Engine) -> None:
    header = "phone,province,commune"
    importer([header, "0381234567,សៀមរាប,សំរោង", "0381234568,Siem Reap,samraong"])
    assert [row["commune"] for row in rows(register).values()] == ["170101", "170101"]


def test_a_name_that_several_communes_have_is_asked_about(importer: Importer) -> None:
    report = importer(["phone,commune", "0381234567,Samraong"])
    assert "Several places" in report.samples[0].reason


def test_the_first_row_wins_even_where_the_second_is_in_another_notation_and_chunk(
    importer: Importer, register: Engine
) -> None:
    others = [f"038{n:07d}" for n in range(600)]
    report = importer(
        ["phone,sex", "038 999 9999,f", *(f"{n},m" for n in others), "+855389999999,m"]
    )
    assert (report.duplicates, report.added) == (1, 601)
    assert sorted(str(row["sex"]) for row in rows(register).values())[0] == "female"


def test_a_wrong_row_does_not_stand_in_the_way_of_a_right_one_with_its_number(
    importer: Importer,
) -> None:
    report = importer([HEADER, GOOD.replace("010201", "999999"), GOOD])
    assert (report.added, report.duplicates, report.rejected) == (1, 0, 1)


def test_a_file_with_places_needs_the_gazetteer(
    database: Engine, vault: Vault, clock, tmp_path: Path
) -> None:
    from outreach.people.importing import import_contacts

    source = tmp_path / "given.csv"
    source.write_text(f"{HEADER}\n{GOOD}\n")
    with pytest.raises(BadInput, match="outreach places load"):
        import_contacts(
            database,
            vault,
            clock,
            source,
            dry_run=False,
            rejects_path=tmp_path / "rejected.csv",
            progress=lambda _rows, _of: None,
        )


def test_s12_a_list_with_evidence_makes_a_listed_person_consent_and_both_steps_are_kept(
    importer: Importer, register: Engine
) -> None:
    importer([HEADER, LISTED])
    importer([HEADER, "0381234568,,,,paper form,2026-02-14,v1"])
    with reading(register) as connection:
        events = connection.execute(queries.EVENTS.select().order_by(queries.EVENTS.c.id)).all()
    assert [(e.before, e.after, e.wording) for e in events] == [
        ("", "listed", ""),
        ("listed", "consented", "v1"),
    ]
