"""What STYLE.md and ARCHITECTURE.md promise of the code, where a linter can't see it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted(
    path
    for path in (ROOT / "outreach").rglob("*.py")
    if "versions" not in path.parts and "__pycache__" not in path.parts
)
SQL = {"select", "text", "insert", "update", "delete", "func", "exists"}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in names.splitlines()]


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_a_module_opens_with_a_sentence_and_is_not_too_long(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    opening = ast.get_docstring(ast.parse(source))
    assert opening
    assert opening.split("\n\n")[0].rstrip().endswith((".", "!"))
    assert len(source.splitlines()) <= 340


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_functions_are_short_and_public_ones_say_what_they_do(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_sql_is_written_only_in_the_store_and_in_tables_and_queries(path: Path) -> None:
    if "store" in path.parts or path.name in ("tables.py", "queries.py"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            assert not SQL & {name.name for name in node.names}


@pytest.mark.parametrize("path", PACKAGE, ids=short)
def test_nothing_reads_the_shared_folder_or_leaves_a_note_to_self(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert "/shared/" not in source
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", source)


def test_numbers_in_code_and_docs_are_of_the_range_that_no_operator_has() -> None:
    literal = re.compile(r"\+855[ ]?(\d\d)[ ]?\d{3}")
    strangers = []
    for path in tracked():
        if path.suffix not in (".py", ".md", ".yaml", ".txt", ".csv", ".html", ".po"):
            continue
        for found in literal.finditer(path.read_text(encoding="utf-8", errors="replace")):
            if found[1] != "38":
                strangers.append(f"{short(path)}: {found[0]}")
    assert strangers == []


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
