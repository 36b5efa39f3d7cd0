"""The project's own labelled texts are all understood."""

from pathlib import Path

import pytest

from outreach.language.corpus import Labelled, read_corpus, score

CORPUS = read_corpus(Path(__file__).parent / "keywords_dev.jsonl")


@pytest.mark.parametrize("item", CORPUS, ids=lambda item: f"line-{item.line}")
def test_a_labelled_text_is_understood(item: Labelled) -> None:
    assert score([item]).misses == []
