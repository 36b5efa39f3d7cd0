"""What STYLE.md and ARCHITECTURE.md promise of the code, where a linter can't see it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import phonenumbers
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted(
    path
    for path in (ROOT / "outreach").rglob("*.py")
    if "versions" not in path.parts and "__pycache__" not in path.parts
)
# Longer than STYLE.md's 300 lines and 40 lines; this list may only get shorter.
# What code outside the store, tables.py and queries.py may name of SQLAlchemy: types, no SQL.
SQL_TYPES = {"Connection", "Engine", "MetaData", "Row", "Table"}
EXECUTES = {"execute", "scalar", "scalars", "exec_driver_sql", "begin_nested", "commit"}
# Twilio's own published example of a signature holds numbers of its own; and the digits in order.
PUBLISHED = {"+14158675309", "+18005551212", "0123456789"}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_a_module_opens_with_a_sentence_and_is_not_too_long(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    opening = ast.get_docstring(ast.parse(source))
    assert opening
    first = opening.split("\n\n")[0].rstrip()
    assert first.endswith((".", "!"))
    assert len(source.splitlines()) <= 300


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 40, node.name


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_what_a_module_offers_says_what_it_does(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert node.name.startswith("_") or ast.get_docstring(node), node.name


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_sql_is_written_only_in_the_store_and_in_tables_and_queries(path: Path) -> None:
    if "store" in path.parts or path.name in ("tables.py", "queries.py"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            assert {name.name for name in node.names} <= SQL_TYPES
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlmodel"):
            assert path.name == "bootstrap.py", "only its metadata, for Alembic"
        if isinstance(node, ast.Import):
            assert not {"sqlalchemy", "sqlmodel"} & {name.name.split(".")[0] for name in node.names}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in EXECUTES, ast.unparse(node)


@pytest.mark.parametrize("path", [p for p in PACKAGE if p.name == "queries.py"], ids=short)
def test_queries_never_commit(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\.(commit|rollback|begin)\(|\b(transaction|reading)\(", source)


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_nothing_reads_the_shared_folder_or_leaves_a_note_to_self(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert "/shared/" not in source
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", source)


def numbers_in(text: str) -> list[str]:
    """What reads as a phone number: international, or national with its 0, in any script."""
    ours = "".join(str(int(c)) if c.isdigit() and c.isdecimal() else c for c in text)
    international = r"(?:\+|\b00|%2B)[1-9](?:[ ().-]{0,2}\d){8,13}(?!\d)"
    national = r"(?<![\w.+/%-])0[1-9]\d?(?:[ .-]?\d{3}){2}\d?(?![\w/%-]|\.\d)"
    return re.findall(f"{international}|{national}", ours)


def belongs_to_nobody(number: str) -> bool:
    """Whether no operator gives such numbers, or it is none at all (a code, an alphabet)."""
    bare = re.sub(r"[ ().-]", "", number.replace("%2B", "+"))
    try:
        read = phonenumbers.parse(re.sub(r"^00", "+", bare), "KH")
    except phonenumbers.NumberParseException:
        return True
    in_range = read.country_code == 855 and str(read.national_number).startswith("38")
    return in_range or bare in PUBLISHED or not phonenumbers.is_valid_number(read)


def test_numbers_in_code_and_docs_are_of_the_range_that_no_operator_has() -> None:
    strangers = []
    for path in tracked():
        if path.suffix in (".lock", ".png") or path.name == "LICENSE":
            continue
        for number in numbers_in(path.read_text(encoding="utf-8", errors="replace")):
            if not belongs_to_nobody(number):
                strangers.append(f"{short(path)}: {number}")
    assert strangers == []


@pytest.mark.parametrize(
    "written", ["+855 12 34" + "5 678", "012 34" + "5 678", "០១២៣៤៥" + "៦៧៨", "%2B85512" + "345678"]
)
def test_a_number_that_could_be_somebodys_is_noticed(written: str) -> None:
    (found,) = numbers_in(f"to {written}.")
    assert not belongs_to_nobody(found)


def test_no_test_is_skipped() -> None:
    words = ("pytest.mark.sk" + "ip", "pytest.sk" + "ip", "xf" + "ail(", "importorsk" + "ip")
    for path in (ROOT / "tests").rglob("*.py"):
        assert not [word for word in words if word in path.read_text(encoding="utf-8")], path


def test_every_command_group_is_in_the_root() -> None:
    main = (ROOT / "outreach" / "cli" / "main.py").read_text(encoding="utf-8")
    for path in (ROOT / "outreach" / "cli").glob("*.py"):
        if "typer.Typer(name=" in path.read_text(encoding="utf-8"):
            assert re.search(rf"\b{path.stem}\b", main), path.stem


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "DECISIONS.md"])
def test_what_a_document_points_at_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"`((?:outreach|campaigns|scripts|tests|locales)/[\w./-]+)`", text):
        assert (ROOT / target).exists(), target
