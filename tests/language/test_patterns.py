"""What is said in parts is understood, and everyday words that look like it are not."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from outreach.language import keywords
from outreach.language.match import match


@pytest.mark.parametrize(
    "text",
    [
        "ថៅកែមិនព្រមឱ្យខ្ញុំទៅណា",
        "គេយកទូរស័ព្ទខ្ញុំទុក មិនឱ្យទាក់ទងផ្ទះ",
        "thaoke min oy knhom jenh",
        "ไต๋เรือซ้อมลูกเรือ",
        "เขาไม่ให้โทรหาแม่",
        "bọn nó chích điện tụi em",
        "ko cho em gọi ve nha",
        "the captain hits us with a stick",
        "they took our pasports, nobody can leave",
        "pay 5000 or no release me",
    ],
)
def test_danger_said_in_parts_is_understood(text: str) -> None:
    found = match(text)
    assert (found.intent, found.danger) == ("HELP", True)


def test_what_was_matched_names_the_parts() -> None:
    assert match("the captain throws us").matched == "ABUSER … HIT … PERSON (en, pattern, danger)"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ខ្ញុំមិនចង់ទទួលសារទៀតទេ", "STOP"),
        ("i dont want these messages", "STOP"),
        ("não", "UNKNOWN"),
        ("chưa nhận được lương", "WAGES"),
        ("how can i go back to my village", "HOME"),
        ("គ្មានកន្លែងដេកយប់នេះ", "SHELTER"),
    ],
)
def test_a_wish_said_in_parts_is_understood(text: str, intent: str) -> None:
    assert match(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "គេចង់បានឡានថ្មី",
        "គាត់លេងបាល់ទាត់",
        "កុំភ័យអីបង",
        "chuob knea saek",
        "juob knea sa'ek",
        "แมวหายไป",
        "ไม่เป็นไร",
        "hom nay troi mua",
        "bạn tôi đến",
        "bóng đá tối nay",
        "không nhận được tin nhắn",
        "not received your message yet",
        "traffic is bad today",
        "stop by my house",
        "good job",
    ],
)
def test_everyday_words_are_no_plea_and_no_opt_out(text: str) -> None:
    assert match(text).intent == "UNKNOWN"


def test_nobody_is_struck_off_for_a_word_that_only_sounds_like_stop() -> None:
    assert match("chhub").intent == "STOP"
    assert match("juop").intent != "STOP"


def test_a_pattern_of_unknown_parts_is_told(tmp_path: Path) -> None:
    with as_file(files("outreach.language") / "data") as shipped:
        shutil.copytree(shipped, tmp_path / "data")
    with (tmp_path / "data" / "patterns.csv").open("a", encoding="utf-8") as patterns:
        patterns.write("HELP,,NOT FLY,yes,native review pending,\n")
    with pytest.raises(KeyError, match="NOT FLY"):
        keywords.load(tmp_path / "data")
