"""What the sender of a file says about it: columns, sheet, country."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import phonenumbers
import pytest
from sqlmodel import SQLModel

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput
from outreach.kernel.sealing import Vault
from outreach.people.importing import Choices, ImportReport, import_contacts
from outreach.people.rules.columns import choices, guess, misplaced
from outreach.store.engine import make_engine
from tests.people.test_importing import rows


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["phone=Tel 2"], {"phone": "Tel 2"}),
        (["phone=Tel 2", "Age Band=Years"], {"phone": "Tel 2", "age_band": "Years"}),
        (["sex="], {"sex": ""}),
    ],
)
def test_columns_are_chosen_by_their_headers(given: list[str], expected: dict[str, str]) -> None:
    assert choices(given) == expected


@pytest.mark.parametrize("given", ["phone", "colour=x", "=x", ""])
def test_what_chooses_no_column_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="Known are: phone"):
        choices([given])


def test_a_choice_goes_before_the_guess_and_settles_a_doubt() -> None:
    columns = guess(["tel", "mobile", "sex"], chosen={"phone": "Mobile", "sex": ""})
    assert columns.at == {"phone": 1}
    assert columns.ignored == ("tel", "sex")


def test_a_choice_of_no_column_lists_those_that_are_there() -> None:
    with pytest.raises(BadInput, match="'tel', 'name'"):
        guess(["tel", "name"], chosen={"phone": "Tel 2"})


def test_a_few_odd_rows_don_t_make_a_column_misplaced() -> None:
    columns = guess(["phone", "code"])
    good, bad = ["0381234567", "x"], ["x", "0381234567"]
    assert misplaced(columns, [bad] * 5) == 1
    assert misplaced(columns, [bad] * 4) is None
    assert misplaced(columns, [bad] * 5 + [good]) is None


def test_a_sheet_and_a_column_and_a_country_are_chosen(
    tmp_path: Path, vault: Vault, clock: FixedClock
) -> None:
    example = phonenumbers.example_number_for_type("TH", phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    book = openpyxl.Workbook()
    sheet = book.create_sheet("ស្រុក ក")
    sheet.append(["Tel", "Tel 2"])
    sheet.append(["12", f"0{example.national_number}"])
    book.save(tmp_path / "list.xlsx")
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    SQLModel.metadata.create_all(engine)

    def run(sheet: str) -> ImportReport:
        return import_contacts(
            engine,
            vault,
            clock,
            tmp_path / "list.xlsx",
            dry_run=False,
            rejects_path=tmp_path / "rejected.csv",
            progress=lambda _done, _of: None,
            choices=Choices({"phone": "Tel 2"}, sheet, "TH"),
        )

    with pytest.raises(BadInput, match="'Sheet', 'ស្រុក ក'"):
        run("ស្រុក ខ")
    report = run("ស្រុក ក ")
    assert (report.added, report.sheet, report.columns) == (1, "ស្រុក ក", {"phone": "Tel 2"})
    (row,) = rows(engine).values()
    assert row["timezone"] == "Asia/Bangkok"
