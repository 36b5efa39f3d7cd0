"""A corpus is scored against the bars, and a line that can't be used is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.kernel.errors import BadInput
from outreach.language.corpus import Labelled, read_corpus, score


def labelled(text: str, *accept: str, refuse: str = "", lang: str | None = None) -> Labelled:
    return Labelled(1, text, accept, refuse, lang)


def test_a_good_corpus_has_no_shortfall() -> None:
    texts = [labelled("ជួយ", "HELP"), labelled("STOP", "STOP"), labelled("job", "JOB", "INFO")]
    found = score(texts)
    assert (found.texts, found.right, found.misses, found.shortfalls()) == (3, 3, [], [])
    assert found.confusion["HELP", "HELP"] == 1
    assert found.confusion["JOB or INFO", "JOB"] == 1


def test_each_bar_is_told_when_it_is_missed() -> None:
    found = score([labelled("xyzzy", "HELP"), labelled("xyzzy", "STOP"), labelled("STOP", "JOB")])
    assert (found.missed_help, found.helps, found.missed_stop, found.false_stop) == (1, 1, 1, 1)
    assert len(found.shortfalls()) == 4


def test_one_help_of_a_hundred_may_be_missed_and_no_more() -> None:
    good = [labelled("ជួយ", "HELP")] * 99
    miss = labelled("xyzzy", "HELP")
    assert score([*good, miss]).shortfalls() == []
    assert score([*good[1:], miss, miss]).shortfalls() == ["more than 1% of HELP missed"]


def test_what_a_text_must_not_be_taken_for() -> None:
    assert score([labelled("STOP", refuse="STOP")]).false_stop == 1
    assert score([labelled("the bus stop is far", refuse="STOP")]).misses == []


def test_a_miss_says_what_decided() -> None:
    (miss,) = score([labelled("ជួយ", "JOB")]).misses
    assert (miss.meant, miss.understood) == ("JOB", "HELP")
    assert "ជួយ" in miss.matched


def test_the_language_asked_for_counts_where_it_is_labelled() -> None:
    assert score([labelled("english", "LANG", lang="en")]).misses == []
    assert score([labelled("english", "LANG", lang="th")]).right == 0
    assert score([labelled("english", "LANG")]).right == 1


@pytest.mark.parametrize(
    "content",
    [
        '{"text": "ជួយ", "intent": "TRAFFICKING"}\n\n{"text": "x", "not": "STOP"}\n',
        "\ufefftext,intent,not\r\nជួយ,TRAFFICKING,\r\nx,,STOP\r\n",
    ],
)
def test_json_lines_and_csv_are_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "corpus"
    path.write_bytes(content.encode())
    first, second = read_corpus(path)
    assert (first.text, first.accept) == ("ជួយ", ("HELP",))  # TRAFFICKING answers as HELP
    assert (second.text, second.accept, second.refuse) == ("x", (), "STOP")
    assert (first.meant, second.meant) == ("HELP", "not STOP")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no text"),
        (b"text,intent\n", "no text"),
        (b"text,intent\nx,NONSENSE\n", "line 2: There is no intent"),
        (b"words,intent\nx,HELP\n", "line 2: A text"),
        (b"text,intent\nx\n", "line 2: A text"),
        (b'text,intent\nx,"HE\n', "no CSV"),
        (b'{"text": "x", "intent": "HELP"}\n{oops\n', "line 2: This is no JSON"),
        (b'{"text": "x", "intent": "HELP"}\n[1]\n', "line 2: A text"),
        (b'{"text": "x", "accept": "HELP"}\n', "line 1: A text"),
        (b'{"text": "x", "accept": [["HELP"]]}\n', "line 1: There is no intent"),
        (b'{"text": 7, "intent": "HELP"}\n', "line 1: A text"),
        (b'{"text": "x"}\n', "line 1: A text"),
        (b'{"intent": "HELP"}\n', "line 1: A text"),
        ("text,intent\nជួយ,HELP\n".encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_is_no_corpus_is_told_with_its_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "corpus"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=says):
        read_corpus(path)


def test_half_a_surrogate_pair_can_be_shown_again(tmp_path: Path) -> None:
    path = tmp_path / "corpus"
    path.write_bytes(b'{"text": "\\ud800 help", "intent": "HELP"}')
    (item,) = read_corpus(path)
    assert item.text.encode() == "\ufffd help".encode()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_corpus(tmp_path / "nowhere")
