"""The automatic replies: ordinary, complete in four languages, deniable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.content.doors import Door
from outreach.content.phrases import load_phrases
from outreach.content.replies import LANGUAGES, TOPICS, load_replies
from outreach.hotline.rules.answer import Recent, decide
from outreach.kernel.errors import BadInput
from outreach.language.denylist import find
from outreach.language.parts import count
from outreach.settings import load_settings

Doors = dict[str, Door]
SENSITIVE = ("HELP", "DEBT", "SHELTER", "POLICE", "LEGAL", "CHILD", "WAGES")


def test_every_topic_is_there_in_every_language(replies_folder: Path, doors: Doors) -> None:
    replies = load_replies(replies_folder, doors)
    assert replies.languages == set(LANGUAGES)
    assert all(replies.text(topic, language) for topic in TOPICS for language in LANGUAGES)


def test_s1_no_reply_gives_the_subject_away(replies_folder: Path, doors: Doors) -> None:
    replies = load_replies(replies_folder, doors)
    said = [replies.text(topic, language) for topic in TOPICS for language in LANGUAGES]
    assert not [text for text in said if find(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_s2_the_answer_to_help_is_byte_for_byte_the_answer_to_job(
    replies_folder: Path, doors: Doors, language: str
) -> None:
    replies = load_replies(replies_folder, doors)

    def answer(intent: str) -> str:
        topic = decide(intent, opted_out=False, recent=Recent()).answer
        assert topic
        return replies.text(topic, language)

    assert {answer(intent).encode() for intent in SENSITIVE} == {answer("JOB").encode()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_reply_is_one_part(
    replies_folder: Path, doors: Doors, topic: str, language: str
) -> None:
    assert count(load_replies(replies_folder, doors).text(topic, language)).parts == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_s2_the_answer_to_work_has_the_door_to_a_person_and_the_way_out(
    replies_folder: Path, doors: Doors, language: str
) -> None:
    said = load_replies(replies_folder, doors).text("JOB", language)
    assert re.findall(r"\d+", said) == ["9", "0"]


def test_a_missing_topic_is_told_with_its_file(replies_folder: Path, doors: Doors) -> None:
    path = replies_folder / "th.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("STOP")), "utf-8")
    with pytest.raises(BadInput, match=r"th\.yaml: There is no text"):
        load_replies(replies_folder, doors)


def test_s31_the_shipped_replies_are_not_approved(replies_folder: Path, doors: Doors) -> None:
    assert not load_replies(replies_folder, doors).approved


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", ["PASSPORT", "HEALTH", "HOME", "INFO", "START", "UNKNOWN"])
def test_every_answer_has_the_door_to_a_person_and_the_way_out(
    replies_folder: Path, doors: Doors, topic: str, language: str
) -> None:
    said = load_replies(replies_folder, doors).text(topic, language)
    assert re.findall(r"\d+", said)[-2:] == ["9", "0"]


# "Delete" on a phone, and what somebody may watch it with.
DELETE = {"km": "លុប", "th": "ลบ", "vi": "xóa", "en": "delete"}
SPYWARE = (
    "spy",
    "hack",
    "track",
    "hidden",
    "trace",
    "ស៊ើប",
    "តាមដាន",
    "สอดแนม",
    "ติดตาม",
    "theo dõi",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_s8_the_welcome_and_nothing_else_says_that_it_may_be_deleted(
    replies_folder: Path, doors: Doors, language: str
) -> None:
    replies = load_replies(replies_folder, doors)
    shipped = load_settings().campaigns_dir
    sayings = load_phrases(shipped / "phrases", doors)
    ours = {topic: replies.text(topic, language) for topic in TOPICS}
    ours |= sayings.replies[language] | sayings.call[language]
    texts = shipped.glob(f"*/texts/{language}.*")
    ours |= {str(path): path.read_text(encoding="utf-8") for path in texts}
    said = [name for name, text in ours.items() if DELETE[language] in text.casefold()]
    assert said == ["START"]
    assert not any(word in text.casefold() for text in ours.values() for word in SPYWARE)
