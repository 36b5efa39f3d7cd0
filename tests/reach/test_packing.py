"""A row's sets come back as they were packed, and equal sets are equal bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from outreach.reach.packing import pack, unpack

SETS = st.dictionaries(st.text(), st.frozensets(st.integers(0, 2**32 - 1), max_size=9), max_size=5)


@given(SETS)
def test_sets_come_back_as_they_were_packed(given_sets: dict[str, frozenset[int]]) -> None:
    sets = {value: BitMap(who) for value, who in given_sets.items()}
    assert unpack(pack(sets)) == sets


def test_the_order_in_which_people_and_values_came_leaves_no_trace() -> None:
    one = {"01": BitMap([1]) | BitMap([70_000]), "ភ្នំពេញ": BitMap()}
    other = {"ភ្នំពេញ": BitMap([4]) - BitMap([4]), "01": BitMap([70_000, 1])}
    assert pack(one) == pack(other)


def test_the_form_in_which_a_set_grew_leaves_no_trace() -> None:
    block = range(65_536, 131_072)
    grown, runs = BitMap(), BitMap([8, 9, 10, 11])
    grown.update(list(block))
    runs.run_optimize()
    runs |= BitMap([1])
    assert len(grown.serialize()) != len(BitMap(block).serialize())
    assert pack({"": grown}) == pack({"": BitMap(block)})
    assert len(runs.serialize()) != len(BitMap([1, 8, 9, 10, 11]).serialize())
    assert pack({"": runs}) == pack({"": BitMap([1, 8, 9, 10, 11])})
