"""A campaign folder that is right, to be spoilt by each test in one way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outreach.content.doors import Door

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped campaign."""
    return Path(shutil.copytree(ROOT / "campaigns" / "safe-migration", tmp_path / "safe-migration"))


@pytest.fixture
def replies_folder(tmp_path: Path) -> Path:
    """A copy of the shipped replies."""
    return Path(shutil.copytree(ROOT / "campaigns" / "replies", tmp_path / "replies"))


@pytest.fixture
def doors() -> dict[str, Door]:
    """One open door, one burned, one untried."""
    return {
        "us": Door("us", "+855381280000", tested=True, burned=False),
        "known": Door("known", "+855381280001", tested=True, burned=True),
        "new": Door("new", "+855381280002", tested=False, burned=False),
    }
