"""What the provider answers while we are down is what we answer while we are up (S2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.content.shipped import replies_of
from outreach.settings import load_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gateways.md"


@pytest.mark.parametrize("language", ["km", "en"])
def test_s2_the_static_answer_in_the_docs_is_the_answer_to_job(language: str) -> None:
    assert f"> {replies_of(load_settings()).text('JOB', language)}\n" in PAGE.read_text()
