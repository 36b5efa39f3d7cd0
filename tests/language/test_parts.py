"""SMS parts, as Twilio's calculator counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.language.clusters import clusters
from outreach.language.parts import Parts, count


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("{" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "{" + "a" * 152, "GSM-7", 306, 3),  # the pair moves to the next part
        ("a\r\nb", "GSM-7", 4, 1),
        ("`", "UCS-2", 1, 1),
        ("ក" * 70, "UCS-2", 70, 1),
        ("ក" * 71, "UCS-2", 71, 2),
        ("ក" * 134, "UCS-2", 134, 2),
        ("ក\u200b" * 35, "UCS-2", 70, 1),
        ("ខ្ញុំ" * 40, "UCS-2", 200, 4),
        ("ខ្មែ" * 33, "UCS-2", 132, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 66, "UCS-2", 132, 2),
        ("😀" * 67, "UCS-2", 134, 3),  # 33 pairs fit a part, half a pair does not
        ("e" + "\u0301" * 70, "UCS-2", 71, 2),  # one cluster over a part is split
        ("\ud800" * 3, "UCS-2", 3, 1),
    ],
)
def test_parts_are_counted_as_the_network_bills_them(
    text: str, encoding: str, units: int, parts: int
) -> None:
    assert count(text) == Parts(encoding, units, parts)  # type: ignore[arg-type]


def test_a_break_is_allowed_after_coeng_but_not_before_a_vowel_sign() -> None:
    assert clusters("ខ្មែរ") == ["ខ្", "មែ", "រ"]
    assert clusters("น้ำ") == ["น้ำ"]


@given(st.text())
def test_clusters_joined_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.text(max_size=400))
def test_parts_are_never_fewer_than_units_allow(text: str) -> None:
    result = count(text)
    single, joined = (160, 153) if result.encoding == "GSM-7" else (70, 67)
    assert result.parts >= (1 if result.units <= single else -(-result.units // joined))


@given(st.text(st.sampled_from("ក្មែខុំ៉ះ។ a\u200b"), max_size=300))
def test_the_quick_count_of_khmer_equals_the_slow_one(text: str) -> None:
    slow = count(text + "\n" + "é" * 70)  # not plain: goes by clusters
    sizes = [len(cluster) for cluster in clusters(text)]
    parts, used = 1, 0
    for size in sizes:
        pieces = [size] if size <= 67 else [1] * size
        for piece in pieces:
            if used + piece > 67:
                parts, used = parts + 1, 0
            used += piece
    if len(text) > 70 and count(text).encoding == "UCS-2":
        assert count(text).parts == parts
    assert slow.parts >= parts
