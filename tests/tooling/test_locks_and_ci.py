"""The lock files are whole, fresh and of one mind; CI tells the truth about both its halves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pinned(name: str) -> dict[str, list[str]]:
    """Package and version (with its marker) → hashes."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([\w.\[\],-]+==\S+(?: ;.*?)?) \\$", line):
            current = entries.setdefault(found[1], [])
        elif line.strip().startswith("--hash=sha256:"):
            current.append(line.strip().rstrip(" \\"))
        else:
            assert line.startswith("#"), f"neither a pin nor a hash nor a comment: {line}"
    return entries


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_hashes_and_no_address(name: str) -> None:
    entries = pinned(name)
    assert len(entries) > 30
    assert all(entries.values())
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_what_is_tested_is_what_runs() -> None:
    to_run, to_test = pinned(LOCKS[0]), pinned(LOCKS[1])
    assert to_run.items() <= to_test.items()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "lock", tmp_path / "scripts")
    for name in ("pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def freshness(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, folder / "scripts" / "lock", "--check"],
        capture_output=True,
        text=True,
        env={"PATH": "/nowhere"},  # no uv, no network
    )
    return done.returncode, done.stderr


def test_the_locks_are_fresh() -> None:
    assert freshness(ROOT) == (0, "")


def test_a_lock_that_is_older_than_pyproject_or_missing_is_named(copy: Path) -> None:
    assert freshness(copy) == (0, "")
    (copy / LOCKS[1]).unlink()
    code, said = freshness(copy)
    assert (code, LOCKS[1] in said, f"{LOCKS[0]}," in said) == (1, True, False)
    with (copy / "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    code, said = freshness(copy)
    assert code == 1
    assert said.startswith(f"{LOCKS[0]}, {LOCKS[1]}:")


def ci(folder: Path, tests: int, checks: int) -> tuple[int, list[str]]:
    """The exit code and lines of .ci/run where both halves end as told."""
    shutil.copytree(ROOT / ".ci", folder / ".ci", dirs_exist_ok=True)
    (folder / "scripts").mkdir(exist_ok=True)
    closing = "===== 2 failed, 40 passed in 3.14s =====" if tests else "40 passed in 3.14s"
    for name, said, code in (("test", closing, tests), ("check", "checked", checks)):
        script = folder / "scripts" / name
        script.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n")
        script.chmod(0o755)
    done = subprocess.run([folder / ".ci" / "run"], cwd="/", capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(("tests", "checks"), [(0, 0), (1, 0), (0, 1), (1, 1), (4, 0)])
def test_ci_runs_both_halves_fails_with_either_and_closes_with_pytests_line(
    tmp_path: Path, tests: int, checks: int
) -> None:
    code, lines = ci(tmp_path, tests, checks)
    assert (code == 0) == (tests == checks == 0)
    assert "checked" in lines
    assert " passed in 3.14s" in lines[-1]


@pytest.mark.parametrize("name", ["demo", "test", "check", "lock", "bench", "i18n"])
def test_a_script_can_be_started(name: str) -> None:
    path = ROOT / "scripts" / name
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")
