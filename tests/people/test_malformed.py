"""Files as they are met in practice, none of them right: each gets its message, and what is stored
already stays as it is."""

from __future__ import annotations

import gzip
import io
import resource
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import SQLModel

from outreach.kernel.clock import FixedClock
from outreach.kernel.errors import BadInput
from outreach.kernel.sealing import Vault
from outreach.people.importing import ImportReport, import_contacts
from outreach.people.rules.reasons import Reason
from outreach.store.engine import make_engine
from tests.people.test_importing import rows

FIVE = [f"03812345{n:02}" for n in range(5)]
# A number that is stored before each file is read.
STORED = "0387654321"
SHEET = "xl/worksheets/sheet1.xml"
R = Reason


def lines(*given: str, end: str = "\n") -> bytes:
    return (end.join(given) + end).encode()


def book(*cells: list[object], **sheets: list[list[object]]) -> bytes:
    """A workbook with rows on its first sheet; more sheets by name."""
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in cells:
        made.active.append(row)
    for name, given in sheets.items():
        sheet = made.create_sheet(name)
        for row in given:
            sheet.append(row)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


def altered(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return packed(**parts | {part: change(parts[part])})


PHONES = book(["phone"], ["0381234567"])


def bomb() -> bytes:
    """300 MB of blanks, packed into some 300 KB."""
    out = io.BytesIO(PHONES)
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target,
        target.open("xl/sharedStrings2.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b" " * (1 << 20))
    return out.getvalue()


def laughs(sheet: bytes) -> bytes:
    entities = b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(10)
    )
    head, rest = (
        sheet.split(b"?>", 1) if sheet.startswith(b"<?xml") else (b'<?xml version="1.0"', sheet)
    )
    rest = rest.replace(b"0381234567", b"&a9;")
    return head + b"?><!DOCTYPE w [" + entities + b"]>" + rest


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def old_excel(stream: str = "Workbook") -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(64)


# Refused whole: (name, content, what the message says).
REFUSED: list[tuple[str, bytes | Callable[[], bytes], str]] = [
    ("nothing.csv", b"", "empty"),
    ("blank lines.csv", b"\n \n,,\n", "empty"),
    ("only a header.csv", b"phone,sex\n", "no rows below"),
    ("only a header.xlsx", book(["phone", "sex"]), "no rows below"),
    ("empty sheet.xlsx", book(), "empty"),
    ("no header.csv", lines(*FIVE), "should name the columns"),
    ("no phones.csv", b"name,village\nx,y\n", "no column of phone numbers"),
    ("colons.csv", b"phone:sex\n0381234567:f\n", "can't be told apart"),
    ("fixed width.csv", b"phone       sex\n0381234567  f\n", "can't be told apart"),
    ("two phone columns.csv", b"tel,mobile\n0381234567,\n", "Two columns could be phone"),
    ("same header twice.csv", b"phone,phone\n0381234567,\n", "Two columns could be phone"),
    (
        "swapped headers.csv",
        lines("province,phone", *(f"{n},Siem Reap" for n in FIVE)),
        "'phone' has hardly any phone number, but 'province' .column 1. has them",
    ),
    (
        "header shifted by one.csv",
        lines("phone,name,sex", *(f"{n},0381234{n:03},x" for n in range(9))),
        "--column phone='name'",
    ),
    ("open quote.csv", b'phone\n"0381234567\n0381234568\n', "line 2: .*stray quote"),
    ("quote inside.csv", b'phone\n"038"1234567\n', "line 2: .*stray quote"),
    ("ten megabytes.csv", b"phone\n" + b"1" * 10_000_000 + b"\n", "longer than a million signs"),
    ("one long cell.csv", b"phone\n" + b"1" * 200_000 + b"\n", "longer than 130,000 signs"),
    ("nul bytes.csv", b"phone\n0381234567\x00\n", "NUL bytes"),
    ("half utf-16.csv", "phone\n0381234567\n".encode("utf-16")[:-1], "says that it is utf-16"),
    ("not utf-8.csv", b"\xef\xbb\xbfphone\n0381234567\xff\n", "says that it is utf-8"),
    ("list.pdf.csv", b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
    ("scan.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
    ("photo.xlsx", b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
    ("export.xls", b"<html><table><tr><td>phone</td></tr></table></html>", "a web page or XML"),
    ("xml export.xls", b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "a web page or XML"),
    ("from an app.csv", b'[{"phone": "0381234567"}]', "JSON"),
    ("letter.csv", b"{\\rtf1\\ansi phone}", "text document"),
    ("list.csv.gz", gzip.compress(b"phone\n0381234567\n"), "a packed file"),
    ("text named.xlsx", b"phone\n0381234567\n", "not an Excel workbook"),
    ("old.xls", old_excel(), "an old Excel file"),
    ("old letter.xls", old_excel("WordDocument"), "old Excel or Word file"),
    ("locked.xlsx", encrypted(), "has a password"),
    ("half a download.xlsx", PHONES[: len(PHONES) // 2], "not an Excel workbook, or a damaged"),
    ("any zip.xlsx", packed(readme=b"hello"), "not an Excel workbook, or a damaged"),
    ("list.ods", packed(**{"content.xml": b"<x/>"}), "LibreOffice"),
    ("letter.docx", packed(**{"word/document.xml": b"<x/>"}), "a text document"),
    ("binary.xlsb", packed(**{"xl/workbook.bin": b"x"}), "binary workbook"),
    ("zip bomb.xlsx", bomb, "far larger inside"),
    ("billion laughs.xlsx", altered(PHONES, SHEET, laughs), "damaged"),
    (
        "ten megabytes.xlsx",
        altered(
            PHONES, SHEET, lambda xml: xml.replace(b"</sheetData>", b"x" * (10 << 20) + b"</s>")
        ),
        "more than a million signs",
    ),
    (
        "wide.xlsx",
        book(["phone", *[""] * 600, "end"], ["0381234567"]),
        "beyond 500 columns",
    ),
    (
        "broken inside.xlsx",
        altered(PHONES, SHEET, lambda xml: xml.replace(b"</sheetData>", b"</oops>")),
        "damaged",
    ),
    (
        "two lists.xlsx",
        book(["phone"], ["0381234567"], Other=[["tel"], ["0381234568"]]),
        "Several sheets have phone numbers: 'Sheet', 'Other'",
    ),
    ("no list.xlsx", book(["x"], ["y"], Other=[["z"]]), "No visible sheet has"),
]


def hidden() -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(book(["old tel"], Data=[["phone"], ["0381234567"]])))
    made["Data"].sheet_state = "visible"
    old = made.create_sheet("Old")
    old.append(["phone"])
    old.append(["0381234999"])
    old.sheet_state = "hidden"
    return saved(made)


def merged() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["បញ្ជីឈ្មោះ (List of 2026)", None, None])
    sheet.merge_cells("A1:C1")
    sheet.append([None, None, None])
    sheet.append(["No", "លេខទូរស័ព្ទ", "ភេទ"])
    sheet.append([1, "0381234567", "ស្រី"])
    return saved(made)


# Read in spite of it: each file holds the number 038 123 4567 once, and no row is rejected.
READ: list[tuple[str, bytes]] = [
    ("semicolons.csv", b"phone;sex\n0381234567;f\n"),
    ("tabs named.csv", b"phone\tsex\n0381234567\tf\n"),
    ("pipes.csv", b"phone|sex\n0381234567|f\n"),
    ("commas in a header.csv", b"name, title;phone;sex\nx, y;0381234567;f\n"),
    ("sep line.csv", b"sep=;\r\nphone;sex\r\n0381234567;f\r\n"),
    ("old mac.csv", b"phone,sex\r0381234567,f\r"),
    ("mixed ends.csv", b"phone,sex\r\n0381234567,f\n\r\n"),
    ("trailing commas.csv", b"phone,sex,,,\n0381234567,f,,,\n"),
    ("utf-8 with its mark.csv", b"\xef\xbb\xbfphone\n0381234567\n"),
    ("utf-16.csv", "ភេទ\tphone\r\nស្រី\t0381234567\r\n".encode("utf-16")),
    ("utf-16 without its mark.csv", "phone,sex\r\n0381234567,f\r\n".encode("utf-16-le")),
    ("utf-16 the other way.csv", "phone,sex\r\n0381234567,f\r\n".encode("utf-16-be")),
    ("western.csv", "phone,name\n0381234567,Ren\xe9\n".encode("cp1252")),
    ("titles above.csv", b"List of Siem Reap,,\n,,\nNo,Phone,Sex\n1,0381234567,f\n"),
    ("merged titles.xlsx", merged()),
    ("invisible signs.csv", "ph\u200bone,\u200bsex\n\u200b0381234567\u200b,f\n".encode()),
    ("khmer digits.csv", "ទូរស័ព្ទ\n០៣៨ ១២៣ ៤៥៦៧\n".encode()),
    ("thai digits.csv", "phone\n๐๓๘๑๒๓๔๕๖๗\n".encode()),
    ("apostrophe.csv", b"phone\n'0381234567\n"),
    ("as formula.csv", b'phone\n"=""0381234567"""\n'),
    ("zero eaten.csv", b"phone\n381234567\n"),
    ("decimal.csv", b"phone\n381234567.0\n"),
    ("number cell.xlsx", book(["phone"], [381234567.0])),
    ("country in front.csv", b"phone\n855381234567\n"),
    ("two zeros.csv", b"phone\n00855 38 123 4567\n"),
    ("zero behind country.csv", b"phone\n+855 (0) 38-123-4567\n"),
    ("second sheet.xlsx", book(["About this list"], Data=[["phone"], ["0381234567"]])),
    ("hidden sheet.xlsx", hidden()),
    ("excel named.csv", PHONES),
]
# One row that can't be used, and why; the others of its file are taken.
REJECTED: list[tuple[str, str | float | date, Reason]] = [
    ("shortened", "8.5538E+10", R.SCIENTIFIC),
    ("shortened with comma", "8,5538E+10", R.SCIENTIFIC),
    ("date", "2026-02-14", R.A_DATE),
    ("date cell", date(2026, 2, 14), R.A_DATE),
    ("date with dots", "14.02.2026", R.A_DATE),
    ("fraction", 38123456.7, R.DECIMAL),
    ("two numbers", "0381234567/0381234568", R.TWO_NUMBERS),
    ("two lines", "0381234567\n0381234568", R.TWO_NUMBERS),
    ("mixed scripts", "០38១23abc4567", R.LETTERS),
    ("a letter for zero", "O38l234567", R.LETTERS),
    ("formula without its value", "=A1+B1", R.EMPTY),
    ("nothing", "", R.EMPTY),
    ("error value", "#N/A", R.LETTERS),
    ("too short", "038 12", R.TOO_SHORT),
    ("too long", "0381234567890123", R.TOO_LONG),
    ("no such number", "0000000000", R.INVALID),
    ("a page of text", "x" * 50_000, R.LENGTH),
    ("a name", "ស្រីនាង", R.LETTERS),
    ("only signs", "--", R.EMPTY),
]
Reader = Callable[[str, bytes], ImportReport]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("malformed")


@pytest.fixture
def reader(kept: Path, tmp_path: Path, clock: FixedClock, vault: Vault) -> Reader:
    """Imports content under a name into a register that knows one person, who must stay."""
    engine = make_engine(f"sqlite:///{tmp_path / 'register.sqlite'}")
    SQLModel.metadata.create_all(engine)

    def read(name: str, content: bytes) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content)
        return import_contacts(
            engine,
            vault,
            clock,
            path,
            dry_run=False,
            rejects_path=tmp_path / "rejected.csv",
            progress=lambda _rows, _of: None,
        )

    read("stored.csv", f"phone\n{STORED}\n".encode())
    before = rows(engine)

    def and_nothing_is_lost(name: str, content: bytes) -> ImportReport:
        try:
            return read(name, content)
        finally:
            after = rows(engine)
            assert {key: after.get(key) for key in before} == before

    return and_nothing_is_lost


def test_there_are_at_least_forty() -> None:
    assert len(REFUSED) + len(REJECTED) + len(READ) >= 40
    assert len(REFUSED) >= 40


@pytest.mark.parametrize(("name", "content", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_file_that_cant_be_used_says_why_and_what_to_do(
    reader: Reader, tmp_path: Path, name: str, content: bytes | Callable[[], bytes], said: str
) -> None:
    with pytest.raises(BadInput, match=said) as error:
        reader(name, content if isinstance(content, bytes) else content())
    assert error.value.remedy
    assert name in error.value.where
    assert "1234567" not in str(error.value)
    assert list(tmp_path.glob("*rejected*")) == []


@pytest.mark.parametrize(("name", "content"), READ, ids=[row[0] for row in READ])
def test_a_file_that_is_only_odd_is_read(reader: Reader, name: str, content: bytes) -> None:
    report = reader(name, content)
    assert (report.added, report.rejected) == (1, 0)


@pytest.mark.parametrize(("name", "cell", "reason"), REJECTED, ids=[row[0] for row in REJECTED])
def test_a_row_that_cant_be_used_is_named_and_the_others_are_taken(
    reader: Reader, tmp_path: Path, name: str, cell: str | float | date, reason: Reason
) -> None:
    report = reader(f"{name}.xlsx", book(["phone", "sex"], ["0381234567", "f"], [cell, "f"]))
    assert (report.added, report.rejected, report.reasons) == (1, 1, {reason.en: 1})
    assert report.samples[0].line == 3
    assert reason.km in (tmp_path / "rejected.csv").read_text("utf-8-sig")


def test_a_folder_and_what_is_no_file_are_refused(reader: Reader, tmp_path: Path) -> None:
    from outreach.people.files import open_rows

    for path, said in ((tmp_path, "a folder"), (Path("/dev/null"), "no ordinary file")):
        with pytest.raises(BadInput, match=said), open_rows(path):
            pass
    # The kernel gives nothing of this one, whoever asks.
    with pytest.raises(BadInput, match="can't be read"), open_rows(Path("/proc/self/mem")):
        pass


def test_what_is_huge_inside_never_fills_the_memory(reader: Reader) -> None:
    content = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadInput):
        reader("bomb.xlsx", content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_million_rejections_are_counted_not_kept(reader: Reader) -> None:
    report = reader("bad.csv", b"phone\n0381234567\n" + b"12\n" * 2_000)
    assert (report.rejected, len(report.samples)) == (2_000, 20)
    assert report.reasons == {Reason.TOO_SHORT.en: 2_000}
