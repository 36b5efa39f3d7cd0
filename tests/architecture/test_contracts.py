"""The import contracts of pyproject.toml bite: one breach of each is found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The first words of a contract, and breaches of it: file and import.
BREACHES = {
    "Layers": [("kernel/ids.py", "outreach.settings"), ("web/words.py", "outreach.cli.main")],
    "No cycles": [("content/source.py", "outreach.content.campaign")],
    "Kernel and settings": [("kernel/flow.py", "sqlalchemy")],
    "The simulator": [("simulator/chance.py", "outreach.content.doors")],
    "Gateways": [("gateways/memory.py", "outreach.store.types")],
    "Rules": [("people/rules/consent.py", "outreach.people.tables")],
    "Twilio": [("hotline/desk.py", "twilio.rest")],
    "Entry points take": [("web/hooks.py", "outreach.gateways.registry")],
    "Entry points import": [("cli/reach.py", "sqlalchemy")],
    "APScheduler": [("planning/broadcasts.py", "apscheduler.triggers")],
    "The web framework": [("delivery/pace.py", "starlette.requests")],
    "PgQueuer": [("reach/fold.py", "pgqueuer")],
}


def lint(folder: Path) -> dict[str, str]:
    """What import-linter says of a copy: the contract's name → KEPT or BROKEN."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    said = re.findall(r"^(.+?) (KEPT|BROKEN)", done.stdout, re.MULTILINE)
    assert said, done.stdout + done.stderr
    return dict(said)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "outreach", tmp_path / "outreach", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_code_keeps_every_contract() -> None:
    assert set(lint(ROOT).values()) == {"KEPT"}


def test_each_contract_finds_its_breach(copy: Path) -> None:
    for breaches in BREACHES.values():
        for path, module in breaches:
            with (copy / "outreach" / path).open("a", encoding="utf-8") as file:
                file.write(f"\nimport {module}\n")
    verdicts = lint(copy)
    assert len(verdicts) == len(BREACHES)
    for beginning in BREACHES:
        (verdict,) = (said for name, said in verdicts.items() if name.startswith(beginning))
        assert verdict == "BROKEN", beginning


def test_a_new_package_needs_a_place_among_the_layers(copy: Path) -> None:
    (copy / "outreach" / "novel").mkdir()
    (copy / "outreach" / "novel" / "__init__.py").write_text('"""New."""\n')
    verdicts = lint(copy)
    assert [name for name, said in verdicts.items() if said == "BROKEN"] == [next(iter(verdicts))]
