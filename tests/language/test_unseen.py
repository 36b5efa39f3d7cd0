"""Texts that were labelled before anybody looked at the lexicon: a floor for its forms.

They are examples by now, so the forms and patterns are asked alone."""

from __future__ import annotations

from importlib.resources import as_file, files

import pytest

from outreach.language.corpus import read_corpus, score
from outreach.language.keywords import shipped
from outreach.language.match import Matcher, match

_FLOOR, _LATER_FLOOR = 0.99, 0.97
_EXAMPLES = files("outreach.language") / "data" / "examples"


@pytest.mark.parametrize(
    ("corpus", "floor"),
    [
        *((name, _FLOOR) for name in ("unseen", "fresh_a", "fresh_b", "fresh_c")),
        *((f"blind_{name}", _FLOOR) for name in "abc"),
        *((f"blind_{name}", _LATER_FLOOR) for name in "defgh"),  # the model does the rest
    ],
)
def test_texts_written_without_the_lexicon_in_sight_are_understood(
    corpus: str, floor: float
) -> None:
    with as_file(_EXAMPLES / f"{corpus}.jsonl") as path:
        texts = read_corpus(path)
    assert score(texts, Matcher(shipped()).match).right >= floor * len(texts)
    found = score(texts, match)
    assert found.shortfalls() == []
    assert found.right >= 0.98 * found.texts


@pytest.mark.parametrize(
    "text",
    [
        "h\u0336e\u0336l\u0336p\u0336",
        "ជ \u17bdយខ្ញុំផង",
        "ជ\u0336\u17bd\u0336យ\u0336",
        "he\u0301\u0301\u0336lp help",
    ],
)
def test_struck_out_and_torn_signs_hide_no_plea(text: str) -> None:
    assert match(text).intent == "HELP"


@pytest.mark.parametrize("text", ["number 9", "press 9", "លេខ ៩", "ចុច 9", "กด 9", "bấm 9"])
def test_a_digit_may_be_named_with_a_word(text: str) -> None:
    assert match(text).matched.startswith("9")


@pytest.mark.parametrize(
    ("text", "lang"),
    [("lang en", "en"), ("ភាសាថៃ", "th"), ("phea sa khmer", "km"), ("ngôn ngữ tiếng việt", "vi")],
)
def test_a_language_may_be_named_with_the_word_for_it(text: str, lang: str) -> None:
    assert (match(text).intent, match(text).lang) == ("LANG", lang)


@pytest.mark.parametrize("text", ["ផ្ទៈ", "ឆ្បាប់", "ពេត្យ", "កុមា", "បំនុល", "ตำรวด", "โรงพยาบาน"])
def test_one_sign_off_is_understood_where_no_other_word_is_meant(text: str) -> None:
    assert match(text).intent != "UNKNOWN"
    assert "exact" not in match(text).matched


@pytest.mark.parametrize("text", ["ដីជ័យ", "ឈើ", "វ័យ", "សុភាព", "ថ្វាយបង្គំ", "หยุดงาน", "ផ្ទៃ"])
def test_a_word_one_sign_from_a_form_that_means_another_thing_is_left_alone(text: str) -> None:
    assert match(text).intent == "UNKNOWN"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("nhom jompeak luy ke chern nas", "DEBT"), ("juoy like page phong", "UNKNOWN")],
)
def test_romanised_words_that_together_mean_another_thing_hide_danger(
    text: str, intent: str
) -> None:
    assert match(text).intent == intent


def test_danger_is_understood_whoever_it_befalls_and_however_no_is_said() -> None:
    for text in ("ko cho em ra ngoai", "គេអត់អោយយើងចេញ", "they hit my sister", "โดนเขาขังหนู"):
        assert (match(text).intent, match(text).danger) == ("HELP", True)


def test_chat_and_what_operators_send_is_no_plea_and_no_opt_out() -> None:
    forms = Matcher(shipped())
    with as_file(_EXAMPLES / "harmless.jsonl") as path:
        for chat in read_corpus(path):
            found = forms.match(chat.text)
            assert (found.intent in ("HELP", "STOP"), found.opt_out) == (False, False), chat.text
