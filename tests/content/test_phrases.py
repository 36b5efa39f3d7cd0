"""What workers text and say: in four languages, neutral, approved by two people."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outreach.content.phrases import CALL, Phrases, load_phrases
from outreach.content.replies import LANGUAGES
from outreach.kernel.errors import BadInput
from outreach.language.denylist import find
from outreach.language.parts import count
from outreach.settings import load_settings

SHIPPED = load_settings().campaigns_dir / "phrases"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "phrases"))


def load(folder: Path) -> Phrases:
    return load_phrases(folder, {})


def test_s1_the_shipped_phrases_are_neutral_and_short_in_every_language() -> None:
    found = load(SHIPPED)
    for part in (found.replies, found.call):
        assert set(part) == set(LANGUAGES)
        assert [
            hit for texts in part.values() for text in texts.values() for hit in find(text)
        ] == []
    assert {count(text).parts for texts in found.replies.values() for text in texts.values()} == {1}
    assert {frozenset(lines) for lines in found.call.values()} == {frozenset(CALL)}


def test_s31_two_people_approve_exactly_what_is_there(folder: Path) -> None:
    digest = load(folder).digest
    assert not load(folder).approved
    approval = f"{{role: language reader, by: a, digest: {digest}}}"
    second = f"{{role: protection officer, by: b, digest: {digest}}}"
    (folder / "approvals.yaml").write_text(f"approvals: [{approval}, {second}]\n")
    assert load(folder).approved
    changed = (folder / "en.yaml").read_text().replace("Thank you", "Thanks")
    (folder / "en.yaml").write_text(changed)
    assert not load(folder).approved


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Thank you for your message.", "The police thank you.", "gives the subject away"),
        ("  done:", "  finished:", "other names"),
        ("  cover:", "  covers:", "Nobody reads"),
        ("Job information: we call you now.", "Call 038 000 0009.", "literal number"),
        ("call:\n", "talk:\n", "Nobody reads"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    folder: Path, before: str, after: str, told: str
) -> None:
    path = folder / "en.yaml"
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(BadInput, match=told):
        load(folder)


def test_an_unknown_language_is_answered_in_khmer() -> None:
    found = load(SHIPPED)
    assert found.replies_in("fr") == found.replies["km"]
    assert found.call_in("") == found.call["km"]
