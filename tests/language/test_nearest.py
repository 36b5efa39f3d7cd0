"""What no form foresees is understood by the examples that are written most like it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from outreach.language import keywords
from outreach.language.match import Matcher
from outreach.language.matchkey import match_key
from outreach.language.nearest import Example, Examples, load

SHIPPED = list(load(files("outreach.language") / "data" / "examples"))
OURS = [
    Example("my boss keeps us in the room every night", "HELP"),
    Example("the boss keeps my sister in a dark room", "HELP"),
    Example("please tell me about the room for rent", "UNKNOWN"),
    Example("do not send me these letters any more", "STOP"),
]


def test_each_fifth_of_the_examples_is_understood_by_the_others() -> None:
    found: Counter[str] = Counter()
    for fifth in range(5):
        others = Examples(one for at, one in enumerate(SHIPPED) if at % 5 != fifth)
        for one in SHIPPED[fifth::5]:
            near = others.meaning(one.text)
            meant = near.example.intent if near else "UNKNOWN"
            if len(match_key(one.text)) < 12:
                continue  # the matter of forms
            found["read"] += 1
            found[f"{one.intent} read"] += 1
            found[f"{one.intent} right"] += meant == one.intent
            found["decided"] += near is not None
            found["rightly"] += near is not None and meant == one.intent
    assert found["decided"] > 0.5 * found["read"]
    assert found["rightly"] > 0.88 * found["decided"]
    assert found["HELP right"] > 0.8 * found["HELP read"]
    assert found["UNKNOWN right"] > 0.9 * found["UNKNOWN read"]


def test_the_nearest_example_of_what_most_mean_decides_and_is_told() -> None:
    found = Matcher(keywords.Lexicon((), (), (), (), ()), OURS).match("boss keeps her in a room")
    assert found.intent == "HELP"
    assert found.matched == "the boss keeps my sister in a dark room (example, 0.56 alike)"


def test_a_form_goes_before_every_example() -> None:
    example = [Example("I would like to hear about the job", "HEALTH")]
    found = Matcher(keywords.shipped(), example).match(example[0].text)
    assert (found.intent, "example" in found.matched) == ("JOB", False)


@pytest.mark.parametrize(
    "text",
    [
        "do not send me these letters any more",  # STOP has to be said as it is
        "please tell me about the room for rent",  # harmless
        "boss",  # too short
        "qwertz uiop asdf ghjkl",  # like nothing
        "12345678",
        "",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert Examples(OURS).meaning(text) is None
    assert Examples([]).meaning(text) is None


def test_what_the_examples_disagree_about_stays_unknown() -> None:
    torn = [Example(f"where is the old market {n}", i) for n, i in enumerate(("JOB", "HOME"))]
    assert Examples(torn).meaning("where is the old market") is None


def test_the_same_is_found_in_every_process() -> None:
    code = (
        "from tests.language.test_nearest import SHIPPED, Examples;"
        "print([repr(Examples(SHIPPED[400:]).meaning(one.text)) for one in SHIPPED[:40]])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"Near(" in said.pop()


def test_examples_are_read_but_for_those_of_two_meanings(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "one", "intent": "TRAFFICKING"}\n{"text": "two", "accept": ["JOB", "HOME"]}\n'
        '{"text": "three", "accept": ["JOB"]}\n'
    )
    assert list(load(tmp_path)) == [Example("one", "HELP"), Example("three", "JOB")]


def test_an_intent_that_does_not_exist_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "one", "intent": "JOB"}\n{"text": "x", "intent": "JOBS"}\n'
    )
    with pytest.raises(KeyError, match=r"a\.jsonl, line 2: no such intent: JOBS"):
        list(load(tmp_path))
