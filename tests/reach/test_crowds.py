"""Crowds that are told short come together, and are told in full, as plain sets of facts would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from outreach.kernel.dimensions import PERSONAL
from outreach.reach.crowds import (
    ALL,
    AWAY,
    Sets,
    everybody,
    in_full,
    settle,
    shortened,
    together,
    travellers,
    union,
)
from outreach.reach.homes.learning import Homes

# Who, and their province then; some are of the next block of contacts.
Facts = Sequence[tuple[int, str]]
FACTS = st.lists(
    st.tuples(st.sampled_from((1, 2, 3, 4, 65_536, 65_537)), st.sampled_from(("01", "02", "03")))
)


def told(facts: Facts) -> Sets:
    """A crowd in full, by what was said of province; of the rest nobody was asked."""
    sets: dict[str, BitMap] = defaultdict(BitMap)
    for contact, province in facts:
        sets[province].add(contact)
    who = BitMap([contact for contact, _ in facts])
    rest = {name: {"not_asked": who} for name in PERSONAL if name != "province"}
    return {ALL: {"": who}, "province": dict(sets), **rest, "channel": {"sms": who}}


def first(facts: Facts) -> Sets:
    """Homes: what the first fact of each says."""
    of: dict[int, str] = {}
    for contact, province in facts:
        of.setdefault(contact, province)
    found = told(list(of.items()))
    return {name: found[name] for name in PERSONAL}


def nonempty(sets: Mapping[str, BitMap]) -> dict[str, set[int]]:
    return {value: set(who) for value, who in sets.items() if who}


@given(st.lists(FACTS, min_size=1, max_size=5))
def test_crowds_together_in_full_are_all_their_facts(parts: list[Facts]) -> None:
    facts = [fact for part in parts for fact in part]
    homes = first(facts)
    whole = together([shortened(told(part), homes) for part in parts if part])
    assert set(everybody(whole)) == {contact for contact, _ in facts}
    if facts:
        full = in_full(whole, homes, ["province", "channel"])
        assert nonempty(full["province"]) == nonempty(told(facts)["province"])
        assert nonempty(full["channel"]) == nonempty(told(facts)["channel"])


@given(st.lists(FACTS, min_size=1, max_size=4))
def test_short_crowds_are_the_same_in_whatever_parts_they_came(parts: list[Facts]) -> None:
    facts = [fact for part in parts for fact in part]
    homes = first(facts)
    at_once = shortened(told(facts), homes)
    whole: Sets = {}
    for part in parts:
        whole = together([whole, shortened(told(part), homes)])
    assert whole == at_once


def test_of_who_never_moved_nothing_is_said_but_that_they_came() -> None:
    facts = [(1, "01"), (2, "02"), (1, "01")]
    short = shortened(told(facts), first(facts))
    assert short == {ALL: {"": BitMap([1, 2])}, "channel": {"sms": BitMap([1, 2])}}


def test_who_was_elsewhere_alone_is_away_until_they_come_home() -> None:
    homes = first([(1, "01")])
    away = shortened(told([(1, "02")]), homes)
    assert away["province"] == {"": BitMap([1]), "02": BitMap([1])}
    back = together([away, shortened(told([(1, "01")]), homes)])
    assert back["province"] == {"02": BitMap([1])}


def test_nobody_has_a_home_before_the_first_fact() -> None:
    assert Homes().sets == {name: {} for name in PERSONAL}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 30])
def test_sets_are_joined_however_many_they_are_and_stay_as_they_were(count: int) -> None:
    sets = [BitMap([n, n + 70_000]) for n in range(count)]
    whole = union(iter(sets))
    assert set(whole) == {*range(count), *range(70_000, 70_000 + count)}
    whole.add(99)
    assert all(99 not in who for who in sets)
    assert not union(())


def test_who_was_at_home_in_any_crowd_is_not_away() -> None:
    never = BitMap([1, 2, 3])
    sets = {AWAY: never.copy(), "02": never}
    settle(sets, (BitMap([1]), BitMap([2, 9])))
    assert sets == {AWAY: BitMap([3]), "02": never}
    settle(sets, iter([BitMap([3])]))
    assert sets == {"02": never}


def test_travellers_were_elsewhere_also_if_they_were_at_home_as_well() -> None:
    crowd = {
        ALL: {"": BitMap([1, 2, 3, 4])},
        "province": {"": BitMap([1]), "02": BitMap([1, 2])},
        "sex": {"female": BitMap([3])},
        "channel": {"sms": BitMap([1, 2, 3, 4])},
    }
    assert travellers(crowd) == BitMap([1, 2, 3])
