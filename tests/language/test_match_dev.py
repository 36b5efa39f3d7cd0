"""The project's own labelled texts are all understood."""

import json
from pathlib import Path
from typing import Any

import pytest

from outreach.language.match import match

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "keywords_dev.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['class']}-{row['id']}")
def test_a_labelled_text_is_understood(row: dict[str, Any]) -> None:
    found = match(row["text"])
    assert found.intent in row.get("accept", [row.get("intent")])
    assert found.lang == row.get("lang")
