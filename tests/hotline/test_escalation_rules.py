"""Who is alerted next: who fits and is on duty, then the next, then the supervisors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.hotline.rules.escalation import WORKERS, Need, Phone, fits, following

DARA = Phone(1, "dara", ("km",), child_trained=True)
SOKHA = Phone(2, "sokha", ("km", "th"))
VANNA = Phone(3, "vanna")
AWAY = Phone(4, "away", ("km", "th", "vi"), child_trained=True, on_duty=False)
CHAN = Phone(8, "chan", ("km",), leads=True, on_duty=False)
PICH = Phone(9, "pich", ("km",), leads=True)
TEAM = (DARA, SOKHA, VANNA, AWAY, CHAN, PICH)


def order(need: Need, phones: tuple[Phone, ...] = TEAM) -> list[int]:
    told: list[int] = []
    while (number := following(need, phones, told)) is not None:
        told.append(number)
    return told


@pytest.mark.parametrize(
    ("need", "told"),
    [
        (Need("km"), [1, 2, 9, 8]),  # the supervisor on duty before the one who is not
        (Need("th"), [2, 3, 9, 8]),  # who said nothing before who speaks another language
        (Need("vi"), [3, 1, 9, 8]),
        (Need("km", assigned_to="vanna"), [3, 1, 9, 8]),  # who has it comes first
        (Need("th", child=True), [1, 9, 8]),
    ],
)
def test_the_ladder(need: Need, told: list[int]) -> None:
    assert order(need) == told


def test_with_nobody_on_duty_the_supervisor_is_told_at_once() -> None:
    assert following(Need("km"), (AWAY, CHAN), []) == 8


def test_s15_a_childs_conversation_goes_to_child_trained_workers_alone() -> None:
    told = order(Need("km", child=True), (SOKHA, VANNA, AWAY, CHAN))
    assert told == [8]  # a supervisor, to find somebody who is


def test_with_nobody_to_tell_nobody_is_told() -> None:
    assert following(Need("km"), (AWAY,), []) is None


@given(
    st.builds(Need, st.sampled_from(["", "km", "th"]), st.booleans(), st.sampled_from(["", "a"])),
    st.lists(
        st.builds(
            Phone,
            st.integers(1, 9),
            st.sampled_from("abc"),
            st.sampled_from([(), ("km",), ("th",)]),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        ),
        max_size=6,
        unique_by=lambda phone: phone.id,
    ),
)
def test_the_ladder_ends_and_tells_nobody_twice(need: Need, phones: list[Phone]) -> None:
    told = order(need, tuple(phones))
    assert len(set(told)) == len(told)
    by_id = {phone.id: phone for phone in phones}
    workers = [by_id[number] for number in told if not by_id[number].leads]
    assert len(workers) <= WORKERS
    assert all(phone.on_duty and fits(need, phone) for phone in workers)
    assert {phone.id for phone in phones if phone.leads} <= set(told)
