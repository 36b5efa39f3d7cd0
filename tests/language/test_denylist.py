"""Words that give the subject away are found however they are disguised (S1)."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.language.denylist import find

LISTED = [
    form
    for row in csv.DictReader(
        (files("outreach.language") / "data" / "denylist.csv").read_text("utf-8").splitlines()
    )
    for form in row["form"].split("|")
]
ORDINARY = (
    "Job information: ask about pay, hours and where you will live before you agree.",
    "Rice costs 2,500 riel a kilo in the market today.",
    "Drink clean water. If you are ill, see a doctor at the health centre.",
    "Text 9 and we call you. Text 0 to stop.",
    "The bus to Poipet leaves at 6 in the morning; ask the price before you travel.",
    "Keep your passport with you and leave a copy at home.",
    "ព័ត៌មានការងារ៖ សួរប្រាក់ខែ ម៉ោងធ្វើការ និងកន្លែងស្នាក់នៅ មុនយល់ព្រម។",
    "ព័ត៌មានសុខភាព៖ បើឈឺ សូមទៅជួបគ្រូពេទ្យ។",
    "ฉันกำลังอ่านหนังสือ ราคาข้าววันนี้",
    "Thông tin việc làm: hỏi lương, giờ làm và chỗ ở trước khi đồng ý.",
    "no, they do not know the victory song",
)


@pytest.mark.parametrize("form", LISTED)
def test_s1_every_listed_word_is_found_in_a_sentence(form: str) -> None:
    assert find(f"Hello {form} today")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_pass(text: str) -> None:
    assert find(text) == find("")


@pytest.mark.parametrize(
    "written",
    [
        "POLICE",
        "p.o.l.i.c.e",
        "p o l i c e",
        "pol1ce",
        "po\u200blice",
        "роlice",
        "pólice",
        "ប៉ូ\u200bលិស",
        "បូ៉លិស",
        "ជន រង គ្រោះ",
        "vic-tim",
        "nạn\u00a0nhân",
    ],
)
def test_s1_a_respelling_does_not_slip_past(written: str) -> None:
    assert find(f"Text us about {written} now")


def test_a_hit_says_which_word_what_it_gives_away_and_where() -> None:
    (hit,) = find("Call the\npolice now")
    assert (hit.word, hit.subject, hit.start) == ("police", "police", 9)


@given(st.text(max_size=120))
def test_no_text_breaks_the_search(text: str) -> None:
    find(text)
