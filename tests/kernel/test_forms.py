"""A posted form is read as it was sent."""

from __future__ import annotations

import pytest

from outreach.kernel.forms import pairs


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        ("a=1&b=&a=2", (("a", "1"), ("b", ""), ("a", "2"))),
        ("Body=%E1%9E%87+1%2B1", (("Body", "ជ 1+1"),)),
    ],
)
def test_every_pair_in_its_order_blank_ones_too(
    text: str, read: tuple[tuple[str, str], ...]
) -> None:
    assert pairs(text) == read
    assert pairs(text) == read  # and the second time
