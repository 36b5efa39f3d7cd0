"""What grows in memory is the same whether it was packed in between or not."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from outreach.reach.crowds import ALL
from outreach.reach.growing import Crowds, SumKey, Sums
from outreach.reach.queries import PeopleKey
from outreach.reach.rules.stretches import DAY

DAY_ONE = date(2026, 3, 1)
# Of which day, in which cell, and how many; None packs what lies before the second day.
STEPS = st.lists(
    st.none() | st.tuples(st.integers(0, 2), st.sampled_from("abc"), st.integers(-9, 2**40))
)


@given(STEPS)
def test_sums_that_were_packed_are_counted_on(steps: list[tuple[int, str, int] | None]) -> None:
    sums, expected = Sums(), dict[tuple[object, ...], int]()
    for step in steps:
        if step is None:
            sums.pack(before=DAY_ONE + timedelta(days=1))
            continue
        day, value, number = step
        key = SumKey(DAY_ONE + timedelta(days=day), 1, "submitted")
        sums[key]["sex", value] += number
        cell = (*key, "sex", value)
        expected[cell] = expected.get(cell, 0) + number
    assert dict(sums.numbers()) == expected


@given(STEPS)
def test_crowds_that_were_packed_grow_on(steps: list[tuple[int, str, int] | None]) -> None:
    packed, never = Crowds(), Crowds()
    for step in steps:
        if step is None:
            packed.pack(before=DAY_ONE + timedelta(days=1))
            continue
        day, value, number = step
        key = PeopleKey(DAY, DAY_ONE + timedelta(days=day), 1, "attempts.unknown")
        who = BitMap([abs(number) % 70_000])
        for crowds in (packed, never):
            crowds.add(key, {ALL: {"": who}, "channel": {value: who}})
    assert dict(packed.packed()) == dict(never.packed())
