"""The catalogs: complete in Khmer and English, and the reader's language is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from outreach.kernel.i18n import LANGUAGES, chosen, translations

ROOT = Path(__file__).resolve().parents[2]


def test_the_catalogs_are_fresh_and_whole() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "i18n"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_message_is_said_in_each_language() -> None:
    said = {translations(language).gettext("Campaigns") for language in LANGUAGES}
    assert said == {"យុទ្ធនាការ", "Campaigns"}


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "language"),
    [
        ("en", "km", "km", "en"),
        (None, "en", "km", "en"),
        (None, None, "en-GB,en;q=0.8", "en"),
        (None, None, "km;q=0.1, en;q=0.9", "en"),
        ("fr", "xx", "de;q=oops", "km"),
        (None, None, "", "km"),
    ],
)
def test_the_language_is_the_one_asked_for_else_kept_else_accepted_else_khmer(
    asked: str | None, kept: str | None, accepted: str, language: str
) -> None:
    assert chosen(asked, kept, accepted) == language
