"""What no form foresees is understood by what was learned from the labelled examples."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from outreach.language import examples, keywords, learned
from outreach.language.examples import FOLDER, Example, load, nearest
from outreach.language.learned import NEVER, Model
from outreach.language.match import Matcher, match
from outreach.language.matchkey import match_key

ROOT = Path(__file__).parents[2]
SHIPPED = list(load(FOLDER))
OURS = [
    *(Example(f"my boss keeps {who} in the room every night", "HELP") for who in ("us", "me")),
    *(Example(f"please tell {who} about the room for rent", "UNKNOWN") for who in ("us", "me")),
    *(Example(f"do not send {who} these letters any more", "STOP") for who in ("us", "me")),
    *(Example(f"does {who} factory take people on", "JOB") for who in ("your", "this")),
]


@lru_cache(maxsize=1)
def _learn() -> dict[str, object]:
    return runpy.run_path(str(ROOT / "scripts" / "learn"))


def taught(given: list[Example]) -> Model:
    """A model that `scripts/learn` made of these examples."""
    content: bytes = _learn()["learned"](given)  # type: ignore[operator]
    return Model(content)


def test_each_fifth_of_the_examples_is_understood_from_the_others() -> None:
    found: Counter[str] = Counter()
    for fifth in range(5):
        model = taught([one for at, one in enumerate(SHIPPED) if at % 5 != fifth])
        for one in SHIPPED[fifth::5]:
            if one.intent in NEVER or len(match_key(one.text)) < 12:
                continue  # the matter of forms
            told = model.meaning(one.text)
            right = (told.intent if told else "UNKNOWN") == one.intent
            found["read"] += 1
            found[f"{one.intent} read"] += 1
            found["right"] += right
            found[f"{one.intent} right"] += right
    assert found["right"] > 0.78 * found["read"]
    assert found["HELP right"] > 0.9 * found["HELP read"]
    assert found["UNKNOWN right"] > 0.85 * found["UNKNOWN read"]


def test_the_shipped_model_is_what_the_examples_teach() -> None:
    again, ours = taught(SHIPPED), learned.shipped()
    assert ours.examples == examples.digest(FOLDER)
    for one in SHIPPED[::7]:
        here, there = ours.meaning(one.text), again.meaning(one.text)
        assert (here and here.intent) == (there and there.intent)


def test_the_shipped_model_goes_before_the_forms_only_where_it_is_sure_or_they_tell_nothing() -> (
    None
):
    forms = Matcher(keywords.shipped())
    for text in ("microfinance loan from my uncle", "ការងារ", "stop", "help", "9"):
        assert match(text).intent == forms.match(text).intent
        assert "learned" not in match(text).matched


def test_what_the_examples_teach_decides_where_no_form_is_in_a_text() -> None:
    nothing = keywords.Lexicon((), (), (), (), ())
    found = Matcher(nothing, taught(OURS)).match("the boss keeps her in the room at night")
    assert found.intent == "HELP"
    assert found.matched.startswith("learned, ")


def test_a_topic_is_lifted_to_help_and_the_form_is_told() -> None:
    model = taught([*OURS, *OURS])
    found = Matcher(keywords.shipped(), model).match(
        "my boss keeps the job in the room every night"
    )
    assert found.intent == "HELP"
    assert "job" in found.matched.partition("before")[2]


def test_the_order_of_topics_is_not_turned_round() -> None:
    lower = [Example(f"{who} would like to hear about the doctor", "JOB") for who in ("we", "I")]
    model = taught([*lower, *OURS])
    assert model.meaning(lower[0].text).intent == "JOB"  # type: ignore[union-attr]
    assert Matcher(keywords.shipped(), model).match(lower[0].text).intent == "HEALTH"


@pytest.mark.parametrize(
    ("text", "intent"), [("help me with the room for rent", "HELP"), ("stop the room", "STOP")]
)
def test_what_asks_for_help_or_opts_out_is_not_learned_away(text: str, intent: str) -> None:
    chat = [Example(f"{text} {more}", "UNKNOWN") for more in ("please", "now", "today")]
    assert Matcher(keywords.shipped(), taught([*OURS, *chat])).match(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "do not send me these letters any more",  # STOP has to be said as it is
        "please tell me about the room for rent",  # harmless
        "boss",  # too short
        "qwertz uiop asdf ghjkl",  # like nothing
        "12345678901234567890",
        "",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    told = taught(OURS).meaning(text)
    assert told is None or told.intent == "UNKNOWN"


def test_a_text_like_nothing_that_was_learned_has_no_meaning() -> None:
    assert learned.shipped().meaning("lorem ipsum dolor sit amet consectetur") is None


def test_the_same_is_found_in_every_process() -> None:
    code = (
        "from tests.language.test_learned import SHIPPED, learned;"
        "print([repr(learned.shipped().meaning(one.text)) for one in SHIPPED[:40]])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"Learned(" in said.pop()


def test_an_example_that_is_like_a_text_is_found_for_who_asks_why() -> None:
    assert nearest(SHIPPED[5].text + " now", SHIPPED[5].intent) == SHIPPED[5].text
    assert nearest("anything", "STOPS") == ""


def test_examples_are_read_but_for_those_of_two_meanings(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "one", "intent": "TRAFFICKING"}\n{"text": "two", "accept": ["JOB", "HOME"]}\n'
        '{"text": "three", "accept": ["JOB"]}\n'
    )
    assert list(load(tmp_path)) == [Example("one", "HELP"), Example("three", "JOB")]


def test_a_changed_example_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one", "intent": "JOB"}\n')
    before = examples.digest(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"text": "one", "intent": "HELP"}\n')
    assert examples.digest(tmp_path) != before


def test_an_intent_that_does_not_exist_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "one", "intent": "JOB"}\n{"text": "x", "intent": "JOBS"}\n'
    )
    with pytest.raises(KeyError, match=r"a\.jsonl, line 2: no such intent: JOBS"):
        list(load(tmp_path))
