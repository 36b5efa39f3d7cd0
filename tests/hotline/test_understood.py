"""What many write is understood once, and nobody's words stay."""

from __future__ import annotations

from outreach.hotline.understood import Understood, meanings
from outreach.language.match import Match, match

TEXTS = ("9", "ជួយខ្ញុំផង", "STOP", "tell my sister i am at the pier")


def test_texts_mean_the_first_and_the_second_time_what_they_mean_alone() -> None:
    alone = {text: match(text) for text in TEXTS}
    assert meanings(TEXTS) == alone
    assert meanings([*TEXTS, *TEXTS]) == alone


def test_a_text_is_understood_once_and_forgotten_with_all_others() -> None:
    asked: list[str] = []

    def understand(text: str) -> Match:
        asked.append(text)
        return Match(text)

    understood = Understood(understand, most=2)
    said = [understood(text).intent for text in ("a", "b", "b", "a", "c", "a")]
    assert said == ["a", "b", "b", "a", "c", "a"]
    assert asked == ["a", "b", "c", "a"]


def test_of_what_was_written_nothing_is_kept_but_its_meaning() -> None:
    understood = Understood()
    understood(TEXTS[3])
    assert vars(understood)["_known"]
    assert TEXTS[3] not in repr(vars(understood))
