"""Files that can't be read as they are: each says why, and nothing of it is taken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from outreach.kernel.errors import BadInput
from outreach.people.files import open_rows
from outreach.people.rows import Line
from tests.people.conftest import Importer
from tests.people.test_importing import rows


def read(path: Path) -> list[Line]:
    with open_rows(path) as rows:
        return list(rows.lines)


def written(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def workbook(path: Path, *cells: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in cells:
        sheet.append(row)
    book.save(path)
    return path


def altered(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with bytes of one part replaced."""
    result = path.with_name(f"altered-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return result


def test_a_stray_quote_late_in_a_long_file_is_found_before_the_first_row_is_taken(
    importer: Importer, register: Engine, tmp_path: Path
) -> None:
    lines = [f"038{n:07d}" for n in range(1500)]
    path = written(tmp_path, "long.csv", "\n".join(["phone", *lines, '"038']).encode())
    with pytest.raises(BadInput, match="line 1502"):
        importer(path=path)
    assert rows(register) == {}


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x9D, 0xE9, 0xFF])
def test_no_byte_of_a_legacy_file_stops_the_reader(tmp_path: Path, byte: int) -> None:
    path = written(tmp_path, "legacy.csv", b"phone,name\n0381234567,x" + bytes([byte]) + b"\n")
    assert read(path)[1].cells[0] == "0381234567"


def test_a_utf16_file_is_read_where_it_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, "u.csv", "ភាសា\tphone\r\nខ្មែរ\t0381234567".encode("utf-16"))
    assert [line.cells for line in read(path)] == [("ភាសា", "phone"), ("ខ្មែរ", "0381234567")]


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "n.csv", b'\n\nphone;how\n1;"two\nlines"\n\n2;x\n')
    assert [(line.number, line.cells[0]) for line in read(path)] == [
        (3, "phone"),
        (4, "1"),
        (7, "2"),
    ]


def test_a_workbook_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["phone"], ["0381234567"])
    assert read(path.rename(tmp_path / "a.csv"))[1].cells == ("0381234567",)


def test_a_workbook_that_gives_a_wrong_size_is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["name", "phone"], [None, None], ["x", 381234567])
    path = altered(path, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1"')
    assert [(line.number, line.cells[1]) for line in read(path)] == [(1, "phone"), (3, "381234567")]


def test_a_workbook_that_is_damaged_inside_says_where(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["phone"], ["0381234567"], ["0381234568"])
    path = altered(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b"</oops>")
    with pytest.raises(BadInput, match="row 3: The workbook is damaged"):
        read(path)


def test_a_formula_in_a_workbook_is_read_as_its_value_or_as_nothing(
    importer: Importer, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", ["phone", "sex"], ["=1+1", "m"], ["0381234567", "m"])
    report = importer(path=path)
    assert (report.added, [(r.line, r.column) for r in report.samples]) == (1, [(2, "phone")])


def test_a_decimal_cell_of_a_workbook_is_never_another_number(
    importer: Importer, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", ["phone"], [38123456.7], [3.81234567e8])
    report = importer(path=path)
    assert (report.added, [r.line for r in report.samples]) == (1, [2])


def test_s18_a_line_does_not_show_its_cells(tmp_path: Path) -> None:
    line = read(written(tmp_path, "a.csv", b"phone\n0381234567\n"))[1]
    assert "1234567" not in repr(line)
